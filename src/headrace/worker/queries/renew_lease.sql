-- Renews the lease of a worker that nobody declared dead, on the database's clock; no row means it was.
UPDATE headrace.workers
SET lease_until = coalesce(%(now)s::timestamptz, clock_timestamp()) + make_interval(secs => %(lease)s),
    running = %(running)s
WHERE id = %(id)s AND state IN ('live', 'stopping')
