-- Writes a batch of outcomes: each at most once, and only by the run that owns the job. The fence rises with the write, so
-- an outcome that is late or sent again hits nothing and its number does not come back. The batch comes in id order, and so
-- are its rows locked.
-- A parked job waits, unless one of the waits that it is parked on is settled already (`lock_jobs` went before, so this
-- snapshot is newer than any answer that found the job running).
-- What left `running` gives its place back, to its limit key and to its queue; a job that would be queued again under a key
-- is blocked, and `admit_blocked` (the next statement) decides. The call of a child that ended is counted down, relatively, for
-- others end at the same moment; a call that is over, or whose parent ended before its children, is due. Runs are counted here,
-- in key order (unordered: deadlocks) and by connection in eight shards, so that finishes do not wait for each other's commits.
WITH outcome AS (
    SELECT o.*, coalesce(%(now)s::timestamptz, now()) AS now,
           o.ending = 'parked' AND EXISTS (
               SELECT FROM headrace.waits AS w WHERE w.id = ANY (o.waits) AND w.state <> 'open') AS is_answered
    FROM json_to_recordset(%(batch)s::json) AS o (
        n integer, id uuid, fence bigint, ending text, result jsonb, error jsonb, delay double precision,
        stopped text, waits uuid[])
), written AS (
    UPDATE headrace.jobs AS j
    SET state = headrace.state_after(o.ending, o.delay, o.is_answered, j.cancel_requested_at, j.limit_key),
        fence = j.fence + 1,
        failures = j.failures + (o.ending IN ('failed', 'retry'))::integer,
        crashes = CASE WHEN o.ending = 'released' THEN j.crashes ELSE 0 END,
        alone = j.alone AND o.ending = 'released',
        result = o.result,
        error = o.error,
        run_at = CASE headrace.state_after(o.ending, o.delay, o.is_answered, j.cancel_requested_at, j.limit_key)
            WHEN 'scheduled' THEN o.now + make_interval(secs => o.delay) ELSE j.run_at END,
        ready_at = CASE headrace.state_after(o.ending, o.delay, o.is_answered, j.cancel_requested_at, j.limit_key)
            WHEN 'queued' THEN o.now ELSE j.ready_at END,
        finished_at = CASE
            WHEN headrace.state_after(o.ending, o.delay, o.is_answered, j.cancel_requested_at, j.limit_key)
                IN ('completed', 'failed', 'cancelled') THEN greatest(o.now, j.cancel_requested_at) END,
        cancellation = CASE WHEN j.cancel_requested_at IS NOT NULL THEN j.cancellation || jsonb_build_object(
            'stopped', CASE WHEN o.ending = 'completed' THEN 'too_late' ELSE coalesce(o.stopped, 'by_itself') END,
            -- the request may have begun after this transaction did
            'took_ms', greatest(round(extract(epoch FROM o.now - j.cancel_requested_at) * 1000), 0),
            'billed_nano_usd', coalesce(j.cost_nano_usd, 0)) END
    FROM outcome AS o
    WHERE j.id = o.id AND j.fence = o.fence AND j.id = ANY (ARRAY (SELECT id FROM outcome))
    RETURNING o.n, o.ending, o.error, j.id, j.state, j.queue, j.limit_key, j.task, j.finished_at, j.call_id, j.is_parent,
              j.runs, j.worker_id, j.started_at, greatest(o.now, j.cancel_requested_at) AS now,
              headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
), past_run AS (
    INSERT INTO headrace.job_runs (job_id, run, worker_id, started_at, ended_at, outcome, error)
    SELECT id, runs, worker_id, started_at, now, CASE WHEN ending IN ('released', 'parked') THEN ending ELSE 'failed' END, error
    FROM written WHERE state IN ('scheduled', 'blocked', 'queued', 'waiting')
), called AS (
    SELECT c.id, c.parent_id FROM headrace.job_calls AS c
    WHERE c.id = ANY (ARRAY (
        SELECT call_id FROM written WHERE call_id IS NOT NULL AND finished_at IS NOT NULL
        UNION ALL
        SELECT k.id FROM headrace.job_calls AS k
        WHERE k.children_left > 0
          AND k.parent_id = ANY (ARRAY (SELECT id FROM written WHERE is_parent AND finished_at IS NOT NULL))))
    ORDER BY c.id
    FOR UPDATE
), counted_down AS (
    UPDATE headrace.job_calls AS c
    SET children_left = c.children_left - t.jobs, failures = c.failures + t.failed,
        is_due = c.is_due OR t.is_abandoned OR c.children_left - t.jobs <= 0 OR (c.fail_fast AND t.failed > 0)
    FROM (
        SELECT d.id, count(w.id) AS jobs, count(w.id) FILTER (WHERE w.state <> 'completed') AS failed,
               d.parent_id IN (SELECT id FROM written WHERE finished_at IS NOT NULL) AS is_abandoned
        FROM called AS d LEFT JOIN written AS w ON w.call_id = d.id AND w.finished_at IS NOT NULL
        GROUP BY d.id, d.parent_id
    ) AS t
    WHERE c.id = t.id
    RETURNING c.id, c.is_due
), room AS (
    SELECT k.key, w.jobs FROM headrace.limit_keys AS k
    JOIN (SELECT limit_key, count(*) AS jobs FROM written WHERE limit_key IS NOT NULL GROUP BY limit_key) AS w
        ON w.limit_key = k.key
    WHERE (SELECT count(*) FROM called) >= 0  -- true; locks the calls before the keys
    ORDER BY k.key
    FOR UPDATE OF k
), given_back AS (
    UPDATE headrace.limit_keys AS k SET used = greatest(k.used - r.jobs, 0) FROM room AS r WHERE k.key = r.key
), lane AS (
    SELECT q.name, w.jobs FROM headrace.queues AS q
    JOIN (SELECT queue, count(*) AS jobs FROM written GROUP BY queue) AS w ON w.queue = q.name
    WHERE q.concurrency IS NOT NULL
    ORDER BY q.name
    FOR UPDATE OF q
), left_lane AS (
    UPDATE headrace.queues AS q SET running = greatest(q.running - l.jobs, 0) FROM lane AS l WHERE q.name = l.name
), ended AS (
    SELECT pg_backend_pid() & 7 AS shard, date_trunc('minute', now) AS minute, task, queue,
           CASE WHEN finished_at IS NOT NULL THEN state WHEN ending IN ('released', 'parked') THEN ending ELSE 'retried' END
               AS outcome,
           greatest(date_part('epoch', now - started_at), 0) AS seconds,
           CASE WHEN finished_at IS NOT NULL THEN bytes ELSE 0 END AS bytes
    FROM written
), counted AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
    SELECT shard, minute, task, queue, outcome, least(ceil(ln(greatest(seconds, 0.001) * 1000) * 2 / ln(2)), 60) AS bucket,
           count(*), sum(seconds), sum(bytes)
    FROM ended
    WHERE (SELECT count(*) FROM room) >= 0  -- true; locks the keys before the counters
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, seconds = c.seconds + excluded.seconds,
                      bytes = c.bytes + excluded.bytes
)
SELECT json_agg(json_build_array(g.state, g.queue, g.limit_key, g.made_room, g.due_call, g.is_ended_parent, g.numbers))::text
FROM (
    SELECT w.state, w.queue, w.limit_key, l.name IS NOT NULL AS made_room, c.id AS due_call,
           w.is_parent AND w.finished_at IS NOT NULL AS is_ended_parent, array_agg(w.n) AS numbers
    FROM written AS w
    LEFT JOIN lane AS l ON l.name = w.queue
    LEFT JOIN counted_down AS c ON c.id = w.call_id AND c.is_due
    GROUP BY 1, 2, 3, 4, 5, 6
) AS g
