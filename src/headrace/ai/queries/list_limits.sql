-- All limits, with how many owners wait at each.
SELECT l.name, l.concurrency, l.requests_per_minute, l.tokens_per_minute, l.in_use, l.recent, l.held_until,
       (SELECT count(*) FROM headrace.ai_turns AS t
        WHERE t.name = l.name AND t.waits_until > coalesce(%(now)s::timestamptz, now())) AS waiting,
       coalesce(%(now)s::timestamptz, now()) AS now
FROM headrace.ai_limits AS l
WHERE %(name)s::text IS NULL OR l.name = %(name)s
ORDER BY l.name
