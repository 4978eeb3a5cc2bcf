-- Inserts a batch of jobs. One whose id is there already (sent again after a lost answer) or whose unique key an unfinished
-- job holds is left out: its id does not come back. One with a limit key is blocked until `admit_blocked` finds room for it.
INSERT INTO headrace.jobs (id, task, queue, state, priority, attempts, input_size, created_at, run_at, ready_at,
                           planned_at, owner, unique_key, limit_key, call_id, tags, input)
SELECT b.id, b.task, b.queue,
       CASE WHEN s.start > t.now THEN 'scheduled' WHEN b.limit_key IS NOT NULL THEN 'blocked' ELSE 'queued' END,
       coalesce(b.priority, 0), b.attempts, b.input_size, t.now, s.start,
       CASE WHEN s.start > t.now OR b.limit_key IS NOT NULL THEN NULL ELSE t.now END,
       b.planned_at, b.owner, b.unique_key, b.limit_key, b.call_id, coalesce(b.tags, '{}'), coalesce(b.input, 'null')
FROM json_to_recordset(%(batch)s::json) AS b (
         id uuid, task text, queue text, priority smallint, attempts integer, input_size integer, run_at timestamptz,
         delay double precision, planned_at timestamptz, owner text, unique_key text, limit_key text,
         call_id uuid, tags text[], input jsonb)
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
CROSS JOIN LATERAL (SELECT greatest(b.run_at, t.now + make_interval(secs => b.delay)) AS start) AS s
ON CONFLICT DO NOTHING
RETURNING id, state
