-- Cancels a job that has no final state: at once where nothing runs, by a request where a worker holds it (the worker then
-- writes the final state and the receipt, so the fence does not rise). Asking again keeps the first request. A queued job
-- gives back its room under its limit key, one that waits closes its waits. Counted in shards apart from the finishes', one
-- a transaction in turn, so that those which cancel many wait for no other.
WITH held AS (
    SELECT id, state, limit_key, coalesce(%(now)s::timestamptz, now()) AS now
    FROM headrace.jobs WHERE id = %(id)s AND finished_at IS NULL
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
    RETURNING j.state, j.task, j.queue, h.now, headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
), closed AS (
    UPDATE headrace.waits AS w SET state = 'closed', settled_at = h.now
    FROM held AS h WHERE w.job_id = h.id AND w.state = 'open' AND h.state <> 'running'
), given_back AS (
    UPDATE headrace.limit_keys AS k SET used = greatest(k.used - 1, 0)
    FROM held AS h WHERE h.state = 'queued' AND k.key = h.limit_key
), counted AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
    SELECT 8 + (pg_current_xact_id()::text::bigint & 7), date_trunc('minute', now), task, queue, state, -1, 1, 0, bytes
    FROM cancelled WHERE state = 'cancelled'
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, bytes = c.bytes + excluded.bytes
)
SELECT c.state, CASE WHEN h.state = 'queued' THEN h.limit_key END FROM cancelled AS c CROSS JOIN held AS h
