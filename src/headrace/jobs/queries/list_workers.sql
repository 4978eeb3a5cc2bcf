-- The workers of the last week, living ones first.
SELECT w.id, w.name, w.queues, w.concurrency, w.running, w.state, w.started_at, w.lease_until, w.ended_at
FROM headrace.workers AS w
ORDER BY (w.ended_at IS NOT NULL), w.id DESC
LIMIT 200
