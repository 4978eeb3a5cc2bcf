-- Makes a new job of a finished one, with its finished steps, so that they don't run again; the old row is left as it is.
WITH old AS (
    SELECT * FROM headrace.jobs WHERE id = %(old)s AND state IN ('completed', 'failed', 'cancelled')
), new AS (
    INSERT INTO headrace.jobs (id, task, queue, state, priority, attempts, input_size, retry_of, created_at, ready_at,
                               owner, unique_key, limit_key, tags, input, stored_bytes)
    SELECT %(new)s, task, queue, CASE WHEN limit_key IS NULL THEN 'queued' ELSE 'blocked' END, priority, attempts, input_size,
           id, t.now, CASE WHEN limit_key IS NULL THEN t.now END, owner, unique_key, limit_key, tags, input,
           (SELECT coalesce(sum(octet_length(s.result::text)), 0) FROM headrace.job_steps AS s WHERE s.job_id = %(old)s)
    FROM old CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    RETURNING id, queue, limit_key
), step AS (
    INSERT INTO headrace.job_steps (job_id, name, seq, run, args_hash, result, started_at, finished_at)
    SELECT new.id, s.name, s.seq, 0, s.args_hash, s.result, s.started_at, s.finished_at
    FROM new CROSS JOIN headrace.job_steps AS s WHERE s.job_id = %(old)s
)
SELECT queue, limit_key FROM new
