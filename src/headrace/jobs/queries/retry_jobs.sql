-- Makes new jobs of finished ones, each with the steps that it finished before the step number `before` (with all, if that is
-- NULL), so that they don't run again; the old rows are left as they are. A new input comes with the limit key that it counts
-- under. What was a child belongs to no call any more, and counts under no key of one. An unfinished old job does not come back;
-- one whose unique key another unfinished job holds, or one before it in the batch got, comes back without a new job. Keys are
-- taken in their order, as submissions do.
WITH asked AS (
    SELECT b.place, b.new, b.before, o.*, coalesce(n.input, o.input) AS new_input,
           CASE WHEN n.input IS NULL THEN o.input_size ELSE %(input_size)s END AS new_size,
           CASE WHEN n.input IS NOT NULL THEN %(limit_key)s WHEN NOT starts_with(o.limit_key, 'call:') THEN o.limit_key END AS new_key
    FROM json_to_recordset(%(batch)s::json) AS b (place integer, old uuid, new uuid, before integer)
    CROSS JOIN LATERAL (
        SELECT id, task, queue, priority, attempts, input_size, planned_at, owner, unique_key, limit_key, tags, input
        FROM headrace.jobs WHERE id = b.old AND state IN ('completed', 'failed', 'cancelled') LIMIT 1
    ) AS o
    CROSS JOIN (SELECT %(input)s::jsonb AS input) AS n
), kept AS (
    SELECT a.new AS job_id, s.*
    FROM asked AS a CROSS JOIN LATERAL (
        SELECT name, kind, seq, place, args_hash, result, started_at, finished_at
        FROM headrace.job_steps WHERE job_id = a.id AND (a.before IS NULL OR seq < a.before) OFFSET 0
    ) AS s
), made AS (
    INSERT INTO headrace.jobs (id, task, queue, state, priority, attempts, input_size, retry_of, created_at, ready_at,
                               planned_at, owner, unique_key, limit_key, tags, input, stored_bytes)
    SELECT a.new, a.task, a.queue, CASE WHEN a.new_key IS NULL THEN 'queued' ELSE 'blocked' END, a.priority, a.attempts,
           a.new_size, a.id, t.now, CASE WHEN a.new_key IS NULL THEN t.now END, a.planned_at, a.owner, a.unique_key,
           a.new_key, a.tags, a.new_input, coalesce(k.bytes, 0)
    FROM asked AS a CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    LEFT JOIN (SELECT job_id, sum(octet_length(result::text)) AS bytes FROM kept GROUP BY job_id) AS k ON k.job_id = a.new
    ORDER BY a.task, a.unique_key, a.place
    ON CONFLICT (task, unique_key) WHERE unique_key IS NOT NULL AND finished_at IS NULL DO NOTHING
    RETURNING id, state, limit_key
), step AS (
    INSERT INTO headrace.job_steps (job_id, name, kind, seq, place, run, args_hash, result, started_at, finished_at)
    SELECT k.job_id, k.name, k.kind, k.seq, k.place, 0, k.args_hash, k.result, k.started_at, k.finished_at
    FROM kept AS k WHERE k.job_id IN (SELECT id FROM made)
)
SELECT a.id, a.task, a.queue, m.id, m.state, m.limit_key FROM asked AS a LEFT JOIN made AS m ON m.id = a.new ORDER BY a.place
