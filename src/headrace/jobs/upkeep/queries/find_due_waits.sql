-- The waits of these jobs whose time has come. Said so that only the index by job serves: by time there may be far more.
SELECT id, job_id, kind FROM headrace.waits
WHERE job_id = ANY (%(jobs)s) AND settled_at IS NULL AND coalesce(due_at, 'infinity') <= coalesce(%(now)s::timestamptz, now())
