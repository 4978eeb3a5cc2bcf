-- Forgets hours of more than 400 days ago.
DELETE FROM headrace.counters
WHERE shard = -1 AND minute < coalesce(%(now)s::timestamptz, now()) - interval '400 days'
