-- Queues scheduled jobs whose time has come. `ready_at` is the moment of becoming queued, so an old schedule does not overtake.
UPDATE headrace.jobs AS j
SET state = 'queued', ready_at = coalesce(%(now)s::timestamptz, now())
WHERE j.id = ANY (ARRAY (
    SELECT id FROM headrace.jobs
    WHERE state = 'scheduled' AND run_at <= coalesce(%(now)s::timestamptz, now())
    ORDER BY run_at, id
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
))
RETURNING j.queue
