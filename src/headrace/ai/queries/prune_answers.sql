-- Forgets up to 10,000 answers whose time is over; one that is being kept anew just then stays.
DELETE FROM headrace.ai_answers
WHERE key IN (
    SELECT key FROM headrace.ai_answers
    WHERE expires_at <= coalesce(%(now)s::timestamptz, now())
    ORDER BY expires_at
    LIMIT 10000
    FOR UPDATE SKIP LOCKED)
