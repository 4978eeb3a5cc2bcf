-- The waits of these jobs whose time has come. Said so that only the index by job serves, once for each job, whatever the
-- statistics: by time there may be far more, and OFFSET 0 keeps the planner from reading all waits for a join.
SELECT w.id, w.job_id, w.kind
FROM unnest(%(jobs)s::uuid[]) AS j (id)
CROSS JOIN LATERAL (
    SELECT id, job_id, kind FROM headrace.waits
    WHERE job_id = j.id AND settled_at IS NULL
      AND coalesce(due_at, 'infinity') <= coalesce(%(now)s::timestamptz, now())
    OFFSET 0
) AS w
