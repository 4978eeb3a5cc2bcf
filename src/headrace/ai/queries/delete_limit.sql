-- Lifts a limit.
DELETE FROM headrace.ai_limits WHERE name = %(name)s
