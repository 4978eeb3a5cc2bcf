-- Claims up to `free` jobs for a live worker, in the order priority, ready_at, id.
-- No job is claimed twice under one fence: rows are locked, taken ones skipped, and the fence rises with the claim.
-- The worker's row is share-locked, so that it can't be declared dead with this claim uncommitted; but only once there is
-- a job to claim: a lock is a write, and a claim that finds nothing (four a second) would wait for the disk. Who is being
-- declared dead at this moment claims nothing: to wait for that, with the queues' rows locked, might be a deadlock.
-- One LATERAL scan per queue that is not paused, each from its own mark, so that a queue costs only what it yields. A queue
-- with a concurrency or rate yields what its row, read under its lock, has room for; a fast rate keeps half a second.
WITH scanned AS (
    SELECT * FROM json_to_recordset(%(lanes)s::json)
        AS m (queue text, priority smallint, ready_at timestamptz, id uuid)
    WHERE EXISTS (
        SELECT FROM headrace.workers
        WHERE id = %(worker)s AND state = 'live' AND lease_until > coalesce(%(now)s::timestamptz, now()))
), bounded AS (
    SELECT q.name, t.since, least(
        CASE WHEN q.concurrency IS NULL THEN %(free)s ELSE greatest(q.concurrency - q.running, 0) END,
        CASE WHEN q.seconds_each IS NULL THEN %(free)s
             ELSE greatest(floor(extract(epoch FROM t.now - t.since) / q.seconds_each) + 1, 0) END)::integer AS room
    FROM headrace.queues AS q CROSS JOIN LATERAL (
        SELECT coalesce(%(now)s::timestamptz, now()) AS now, greatest(q.next_start, coalesce(%(now)s::timestamptz, now())
            - CASE WHEN q.seconds_each < 0.5 THEN interval '0.5 s' ELSE interval '0 s' END) AS since
    ) AS t
    WHERE NOT q.paused AND (q.concurrency IS NOT NULL OR q.seconds_each IS NOT NULL)
      AND q.name = ANY (ARRAY (SELECT queue FROM scanned))
    ORDER BY q.name
    FOR UPDATE OF q
), lane AS (
    SELECT s.*, coalesce(b.room, %(free)s) AS room
    FROM scanned AS s LEFT JOIN bounded AS b ON b.name = s.queue
    WHERE NOT EXISTS (SELECT FROM headrace.queues AS q WHERE q.name = s.queue AND q.paused)
), picked AS (
    SELECT p.id FROM lane CROSS JOIN LATERAL (
        SELECT j.id, j.priority, j.ready_at FROM headrace.jobs AS j
        WHERE j.queue = lane.queue AND j.alone = %(alone)s AND j.state = 'queued'
          AND (j.priority, j.ready_at, j.id) >= (lane.priority, lane.ready_at, lane.id)
        ORDER BY j.priority, j.ready_at, j.id
        LIMIT lane.room
        FOR UPDATE SKIP LOCKED
    ) AS p
    ORDER BY p.priority, p.ready_at, p.id
    LIMIT %(free)s
), me AS MATERIALIZED (
    SELECT id FROM headrace.workers
    WHERE id = %(worker)s AND state = 'live' AND lease_until > coalesce(%(now)s::timestamptz, now())
      AND EXISTS (SELECT FROM picked)
    FOR KEY SHARE SKIP LOCKED
), claimed AS (
    UPDATE headrace.jobs AS j
    SET state = 'running', fence = j.fence + 1, runs = j.runs + 1, worker_id = %(worker)s,
        started_at = coalesce(%(now)s::timestamptz, now())
    WHERE j.id = ANY (ARRAY (SELECT id FROM picked WHERE EXISTS (SELECT FROM me)))
    RETURNING j.id, j.fence, j.limit_key IS NOT NULL AS has_limit_key,
              j.limit_key IS NULL AND j.call_id IS NULL AND NOT j.is_parent AS is_plain,
              j.task, j.queue, j.priority, j.ready_at, j.runs, j.failures, j.attempts, j.alone, j.owner, j.planned_at,
              j.runs > 1 OR j.retry_of IS NOT NULL AS has_history,
              CASE WHEN j.input_size <= 32768 THEN j.input END AS input
), counted AS (
    UPDATE headrace.queues AS q
    SET running = q.running + c.jobs,
        next_start = b.since + make_interval(secs => q.seconds_each * c.jobs)
    FROM (SELECT queue, count(*) AS jobs FROM claimed GROUP BY queue) AS c JOIN bounded AS b ON b.name = c.queue
    WHERE q.name = c.queue
)
SELECT c.id, c.fence, c.has_limit_key, c.is_plain, c.task, c.queue, c.priority, c.ready_at::text, c.runs, c.failures,
       c.attempts, c.alone, c.owner, c.planned_at, c.has_history, c.input::text
FROM claimed AS c
ORDER BY c.priority, c.ready_at, c.id
