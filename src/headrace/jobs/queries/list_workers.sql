-- The workers of the last week, living ones first; a lease of full length was given at the last heartbeat. One that was
-- given for longer tells no more than that it was before now.
SELECT w.id, w.name, w.queues, w.concurrency, w.running, w.state, w.started_at, w.lease_until,
       least(now(), coalesce(w.ended_at, w.lease_until - make_interval(secs => %(lease)s))) AS heartbeat_at, w.ended_at
FROM headrace.workers AS w
ORDER BY (w.ended_at IS NOT NULL), w.id DESC
LIMIT 200
