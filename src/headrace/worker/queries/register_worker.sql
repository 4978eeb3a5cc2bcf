-- A new worker with a full lease. Jobs are claimed in its name while the lease lasts, and no longer.
INSERT INTO headrace.workers (id, name, queues, concurrency, started_at, lease_until)
VALUES (%(id)s, %(name)s, %(queues)s, %(concurrency)s, coalesce(%(now)s::timestamptz, now()),
        coalesce(%(now)s::timestamptz, clock_timestamp()) + make_interval(secs => %(lease)s))
