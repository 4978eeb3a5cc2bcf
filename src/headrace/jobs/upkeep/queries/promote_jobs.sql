-- Queues scheduled jobs whose time has come. `ready_at` is the moment of becoming queued, so an old schedule does not overtake.
-- They are read in their index's own order, key first (it is NULL), so a heap of due jobs is not sorted to take a thousand.
-- One with a limit key is blocked, and `admit_blocked` (the next statement) decides.
UPDATE headrace.jobs AS j
SET state = CASE WHEN j.limit_key IS NULL THEN 'queued' ELSE 'blocked' END,
    ready_at = CASE WHEN j.limit_key IS NULL THEN coalesce(%(now)s::timestamptz, now()) END
WHERE j.id = ANY (ARRAY (
    SELECT id FROM headrace.jobs
    WHERE state = 'scheduled' AND (CASE state WHEN 'blocked' THEN limit_key END) IS NULL
      AND (CASE state WHEN 'scheduled' THEN run_at END) <= coalesce(%(now)s::timestamptz, now())
    ORDER BY (CASE state WHEN 'blocked' THEN limit_key END), (CASE state WHEN 'scheduled' THEN run_at END), priority, id
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
))
RETURNING j.queue, j.limit_key
