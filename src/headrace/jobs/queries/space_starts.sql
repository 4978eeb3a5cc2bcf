-- Takes start times under rate limits: a key's starts are at least `seconds` apart. Keys are locked in their order; the
-- answer is the time that follows the `jobs` times taken of each.
INSERT INTO headrace.limit_keys AS k (key, capacity, next_start)
SELECT b.key, 1, t.now + make_interval(secs => b.seconds * b.jobs)
FROM json_to_recordset(%(batch)s::json) AS b (key text, seconds double precision, jobs integer)
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
ORDER BY b.key
ON CONFLICT (key) DO UPDATE
SET next_start = greatest(k.next_start, coalesce(%(now)s::timestamptz, now())) + (excluded.next_start - coalesce(%(now)s::timestamptz, now()))
RETURNING k.key, k.next_start
