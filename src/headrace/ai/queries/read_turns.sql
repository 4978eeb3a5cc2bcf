-- Reads who waits at limits, and when they were served last; the limits' locks are held, so it stays so.
SELECT name, owner, served_at, waits_until FROM headrace.ai_turns WHERE name = ANY (%(names)s)
