-- Makes a new job of a finished one, with the steps that it finished before the step number `before` (with all, if that is
-- NULL), so that they don't run again; the old row is left as it is. A new input comes with the limit key that it counts under.
-- What was a child belongs to no call any more, and counts under no key of one.
WITH old AS (
    SELECT j.*, coalesce(n.input, j.input) AS new_input,
           CASE WHEN n.input IS NULL THEN j.input_size ELSE %(input_size)s END AS new_size,
           CASE WHEN n.input IS NOT NULL THEN %(limit_key)s WHEN NOT starts_with(j.limit_key, 'call:') THEN j.limit_key END AS new_key
    FROM headrace.jobs AS j CROSS JOIN (SELECT %(input)s::jsonb AS input) AS n
    WHERE j.id = %(old)s AND j.state IN ('completed', 'failed', 'cancelled')
), kept AS (
    SELECT * FROM headrace.job_steps WHERE job_id = %(old)s AND (%(before)s::integer IS NULL OR seq < %(before)s)
), new AS (
    INSERT INTO headrace.jobs (id, task, queue, state, priority, attempts, input_size, retry_of, created_at, ready_at,
                               planned_at, owner, unique_key, limit_key, tags, input, stored_bytes)
    SELECT %(new)s, task, queue, CASE WHEN new_key IS NULL THEN 'queued' ELSE 'blocked' END, priority, attempts, new_size,
           id, t.now, CASE WHEN new_key IS NULL THEN t.now END, planned_at, owner, unique_key, new_key, tags, new_input,
           (SELECT coalesce(sum(octet_length(result::text)), 0) FROM kept)
    FROM old CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    RETURNING id, task, queue, state, limit_key
), step AS (
    INSERT INTO headrace.job_steps (job_id, name, kind, seq, place, run, args_hash, result, started_at, finished_at)
    SELECT new.id, k.name, k.kind, k.seq, k.place, 0, k.args_hash, k.result, k.started_at, k.finished_at
    FROM new CROSS JOIN kept AS k
)
SELECT task, queue, state, limit_key FROM new
