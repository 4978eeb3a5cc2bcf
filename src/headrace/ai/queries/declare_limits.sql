-- Sets the limits of the settings where the API has set none, and lifts those that are no longer in them. The table is locked
-- (`block_limits`); a new row begins with the calls that are open.
WITH wanted AS (
    SELECT * FROM json_to_recordset(%(limits)s::json) AS w (
        name text, concurrency integer, requests_per_minute integer, tokens_per_minute bigint)
), gone AS (
    UPDATE headrace.ai_limits SET concurrency = NULL, requests_per_minute = NULL, tokens_per_minute = NULL
    WHERE declared AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO headrace.ai_limits AS l (name, concurrency, requests_per_minute, tokens_per_minute, in_use)
SELECT w.name, w.concurrency, w.requests_per_minute, w.tokens_per_minute, (
    SELECT count(*) FROM headrace.ai_calls
    WHERE state = 'open' AND (provider = w.name OR provider || ':' || model = w.name))
FROM wanted AS w
ON CONFLICT (name) DO UPDATE SET
    concurrency = excluded.concurrency, requests_per_minute = excluded.requests_per_minute,
    tokens_per_minute = excluded.tokens_per_minute
WHERE l.declared
