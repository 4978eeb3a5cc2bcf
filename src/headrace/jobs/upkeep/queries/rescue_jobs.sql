-- Takes back every running job whose worker isn't live: queued again at no cost of an attempt, or, at the third crash without
-- a newly stored step between, failed as `crashed` (dead letter). One with a cancel request is cancelled. From two crashes
-- on it is claimed alone, so that the third convicts it and no bystander.
-- The call of a child that ends here is counted down, and the calls of a job that ends are due: their children go next.
-- The rows to change are named by id alone: joined with what was read of them, the plan hangs on statistics. They are found
-- in the order of the index of running jobs: in that of their ids, a plan may walk through all that ended before. No lock
-- is waited for here, so their order is of no account.
WITH orphan AS (
    SELECT j.id FROM headrace.jobs AS j
    WHERE j.state = 'running' AND NOT EXISTS (
        SELECT FROM headrace.workers AS w WHERE w.id = j.worker_id AND w.state IN ('live', 'stopping'))
    ORDER BY j.worker_id
    LIMIT 1000
    FOR UPDATE OF j SKIP LOCKED
), rescued AS (
    UPDATE headrace.jobs AS j
    SET state = CASE WHEN j.cancel_requested_at IS NOT NULL THEN 'cancelled'
                     WHEN j.crashes >= 2 THEN 'failed'
                     WHEN j.limit_key IS NOT NULL THEN 'blocked'
                     ELSE 'queued' END,
        fence = j.fence + 1, crashes = j.crashes + 1, alone = j.crashes >= 1,
        error = jsonb_build_object('code', 'crashed', 'message',
            'The worker that ran this job died or lost its lease (crash ' || j.crashes + 1 || ' of 3).'),
        ready_at = CASE WHEN j.cancel_requested_at IS NULL AND j.crashes < 2 AND j.limit_key IS NULL
            THEN t.now ELSE j.ready_at END,
        finished_at = CASE WHEN j.cancel_requested_at IS NOT NULL OR j.crashes >= 2 THEN t.now END,
        cancellation = CASE WHEN j.cancel_requested_at IS NOT NULL
            THEN j.cancellation || jsonb_build_object('stopped', 'worker_lost',
                'took_ms', greatest(round(extract(epoch FROM t.now - j.cancel_requested_at) * 1000), 0),
                'billed_nano_usd', coalesce(j.cost_nano_usd, 0)) END
    FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    WHERE j.id = ANY (ARRAY (SELECT id FROM orphan))
    RETURNING j.id, j.queue, j.state, j.limit_key, j.task, j.finished_at, j.worker_id, j.started_at, j.runs, j.error, j.call_id,
              j.is_parent, t.now,
              headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
), past_run AS (
    INSERT INTO headrace.job_runs (job_id, run, worker_id, started_at, ended_at, outcome, error)
    SELECT id, runs, worker_id, started_at, now, 'crashed', error FROM rescued WHERE finished_at IS NULL
), called AS (
    SELECT c.id, c.parent_id FROM headrace.job_calls AS c
    WHERE c.id = ANY (ARRAY (
        SELECT call_id FROM rescued WHERE call_id IS NOT NULL AND finished_at IS NOT NULL
        UNION ALL
        SELECT k.id FROM headrace.job_calls AS k
        WHERE k.children_left > 0
          AND k.parent_id = ANY (ARRAY (SELECT id FROM rescued WHERE is_parent AND finished_at IS NOT NULL))))
    ORDER BY c.id
    FOR UPDATE
), counted_down AS (
    UPDATE headrace.job_calls AS c
    SET children_left = c.children_left - t.jobs, failures = c.failures + t.failed,
        is_due = c.is_due OR t.is_abandoned OR c.children_left - t.jobs <= 0 OR (c.fail_fast AND t.failed > 0)
    FROM (
        SELECT d.id, count(w.id) AS jobs, count(w.id) FILTER (WHERE w.state <> 'completed') AS failed,
               d.parent_id IN (SELECT id FROM rescued WHERE finished_at IS NOT NULL) AS is_abandoned
        FROM called AS d LEFT JOIN rescued AS w ON w.call_id = d.id AND w.finished_at IS NOT NULL
        GROUP BY d.id, d.parent_id
    ) AS t
    WHERE c.id = t.id
), room AS (
    SELECT k.key, r.jobs FROM headrace.limit_keys AS k
    JOIN (SELECT limit_key, count(*) AS jobs FROM rescued WHERE limit_key IS NOT NULL GROUP BY limit_key) AS r
        ON r.limit_key = k.key
    WHERE (SELECT count(*) FROM called) >= 0  -- true; locks the calls before the keys
    ORDER BY k.key
    FOR UPDATE OF k
), given_back AS (
    UPDATE headrace.limit_keys AS k SET used = greatest(k.used - r.jobs, 0) FROM room AS r WHERE k.key = r.key
), ended AS (
    SELECT get_byte(uuid_send(worker_id), 15) & 7 AS shard, date_trunc('minute', now) AS minute, task, queue,
           CASE WHEN finished_at IS NOT NULL THEN state ELSE 'crashed' END AS outcome,
           greatest(extract(epoch FROM now - started_at), 0)::float8 AS seconds,
           CASE WHEN finished_at IS NOT NULL THEN bytes ELSE 0 END AS bytes
    FROM rescued
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
SELECT id, queue, state, limit_key FROM rescued
