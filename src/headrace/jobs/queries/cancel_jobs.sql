-- Cancels jobs that have no final state: at once where nothing runs, by a request where a worker holds one (the worker then
-- writes the final state and the receipt, so the fence does not rise). Asking again keeps the first request. A queued job
-- gives back its room under its limit key, the waits of a cancelled one are closed, the call that it is a child of is counted
-- down, and its own calls are due: their children go next. Rows are locked in id order, then calls, keys and counters in
-- theirs. Counted in shards apart from the finishes', one a transaction in turn, so that those which cancel many wait for no other.
WITH held AS (
    SELECT id, state, limit_key, coalesce(%(now)s::timestamptz, now()) AS now
    FROM headrace.jobs WHERE id = ANY (%(ids)s) AND finished_at IS NULL
    ORDER BY id
    FOR UPDATE
), cancelled AS (
    UPDATE headrace.jobs AS j
    SET state = CASE WHEN h.state = 'running' THEN j.state ELSE 'cancelled' END,
        fence = CASE WHEN h.state = 'running' THEN j.fence ELSE j.fence + 1 END,
        finished_at = CASE WHEN h.state = 'running' THEN NULL ELSE h.now END,
        cancel_requested_at = coalesce(j.cancel_requested_at, h.now),
        cancellation = coalesce(j.cancellation, jsonb_build_object('reason', %(reason)s::text, 'requested_at', h.now)
            || CASE WHEN h.state = 'running' THEN '{}' ELSE jsonb_build_object(
                'stopped', 'before_start', 'took_ms', 0, 'billed_nano_usd', coalesce(j.cost_nano_usd, 0)) END)
    FROM held AS h
    WHERE j.id = h.id
    RETURNING j.id, j.state, j.task, j.queue, j.call_id, j.is_parent, j.finished_at, h.now,
              CASE WHEN h.state = 'queued' THEN h.limit_key END AS freed_key,
              headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
), called AS (
    SELECT c.id, c.parent_id FROM headrace.job_calls AS c
    WHERE c.id = ANY (ARRAY (
        SELECT call_id FROM cancelled WHERE call_id IS NOT NULL AND finished_at IS NOT NULL
        UNION ALL
        SELECT k.id FROM headrace.job_calls AS k
        WHERE k.children_left > 0
          AND k.parent_id = ANY (ARRAY (SELECT id FROM cancelled WHERE is_parent AND finished_at IS NOT NULL))))
    ORDER BY c.id
    FOR UPDATE
), counted_down AS (
    UPDATE headrace.job_calls AS c
    SET children_left = c.children_left - t.jobs, failures = c.failures + t.failed,
        is_due = c.is_due OR t.is_abandoned OR c.children_left - t.jobs <= 0 OR (c.fail_fast AND t.failed > 0)
    FROM (
        SELECT d.id, count(w.id) AS jobs, count(w.id) FILTER (WHERE w.state <> 'completed') AS failed,
               d.parent_id IN (SELECT id FROM cancelled WHERE finished_at IS NOT NULL) AS is_abandoned
        FROM called AS d LEFT JOIN cancelled AS w ON w.call_id = d.id AND w.finished_at IS NOT NULL
        GROUP BY d.id, d.parent_id
    ) AS t
    WHERE c.id = t.id
), closed AS (
    UPDATE headrace.waits AS w SET state = 'closed', settled_at = c.now
    FROM cancelled AS c WHERE w.job_id = c.id AND w.settled_at IS NULL AND c.state = 'cancelled'
), room AS (
    SELECT k.key, c.jobs FROM headrace.limit_keys AS k
    JOIN (SELECT freed_key, count(*) AS jobs FROM cancelled WHERE freed_key IS NOT NULL GROUP BY freed_key) AS c
        ON c.freed_key = k.key
    WHERE (SELECT count(*) FROM called) >= 0  -- true; locks the calls before the keys
    ORDER BY k.key
    FOR UPDATE OF k
), given_back AS (
    UPDATE headrace.limit_keys AS k SET used = greatest(k.used - r.jobs, 0) FROM room AS r WHERE k.key = r.key
), counted AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
    SELECT 8 + (pg_current_xact_id()::text::bigint & 7), date_trunc('minute', now), task, queue, state, -1, count(*), 0,
           sum(bytes)
    FROM cancelled WHERE state = 'cancelled' AND (SELECT count(*) FROM room) >= 0  -- true; locks the keys before the counters
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, bytes = c.bytes + excluded.bytes
)
SELECT id, state, freed_key FROM cancelled
