-- Locks limits in the order of their names.
SELECT name, concurrency, requests_per_minute, tokens_per_minute, in_use, recent, held_until
FROM headrace.ai_limits
WHERE name = ANY (%(names)s)
ORDER BY name
FOR UPDATE
