-- Claims up to `free` jobs for a live worker, in the order priority, ready_at, id, and returns them as one JSON value.
-- No job is claimed twice under one fence: rows are locked, taken ones skipped, and the fence rises with the claim.
-- The worker's row is share-locked, so that it can't be declared dead with this claim uncommitted.
-- One LATERAL scan per queue that is not paused, each from its own mark, so that a queue costs only what it yields.
WITH me AS MATERIALIZED (
    SELECT id FROM headrace.workers
    WHERE id = %(worker)s AND state = 'live' AND lease_until > coalesce(%(now)s::timestamptz, now())
    FOR KEY SHARE
), lane AS (
    SELECT m.* FROM json_to_recordset(%(lanes)s::json)
        AS m (queue text, priority smallint, ready_at timestamptz, id uuid)
    WHERE EXISTS (SELECT FROM me)
      AND NOT EXISTS (SELECT FROM headrace.queues AS q WHERE q.name = m.queue AND q.paused)
), picked AS (
    SELECT p.id FROM lane CROSS JOIN LATERAL (
        SELECT j.id, j.priority, j.ready_at FROM headrace.jobs AS j
        WHERE j.queue = lane.queue AND j.alone = %(alone)s AND j.state = 'queued'
          AND (j.priority, j.ready_at, j.id) >= (lane.priority, lane.ready_at, lane.id)
        ORDER BY j.priority, j.ready_at, j.id
        LIMIT %(free)s
        FOR UPDATE SKIP LOCKED
    ) AS p
    ORDER BY p.priority, p.ready_at, p.id
    LIMIT %(free)s
), claimed AS (
    UPDATE headrace.jobs AS j
    SET state = 'running', fence = j.fence + 1, runs = j.runs + 1, worker_id = %(worker)s,
        started_at = coalesce(%(now)s::timestamptz, now())
    WHERE j.id = ANY (ARRAY (SELECT id FROM picked))
    RETURNING j.id, j.fence, j.task, j.queue, j.priority, j.ready_at, j.runs, j.failures, j.attempts, j.alone, j.owner,
              j.runs > 1 OR j.retry_of IS NOT NULL AS has_history,
              CASE WHEN j.input_size <= 32768 THEN j.input END AS input
)
SELECT json_agg(c ORDER BY c.priority, c.ready_at, c.id)::text FROM claimed AS c
