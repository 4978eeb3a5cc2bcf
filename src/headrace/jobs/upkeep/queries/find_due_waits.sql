-- The waits of these jobs whose time has come.
SELECT id, job_id, kind FROM headrace.waits
WHERE job_id = ANY (%(jobs)s) AND state = 'open' AND due_at <= coalesce(%(now)s::timestamptz, now())
