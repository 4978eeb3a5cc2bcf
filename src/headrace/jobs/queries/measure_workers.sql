-- The workers that hold a lease, or should: how much of it is left, on the database's clock.
SELECT w.id, w.name, w.concurrency, w.running, w.lease_until - coalesce(%(now)s::timestamptz, clock_timestamp()) AS lease_left
FROM headrace.workers AS w
WHERE w.state IN ('live', 'stopping')
ORDER BY w.id
