-- The links to a job that still count, the newest first.
SELECT id, job_id, made_by, created_at, expires_at
FROM headrace.job_links
WHERE job_id = %(job)s AND expires_at > coalesce(%(now)s::timestamptz, now())
ORDER BY id DESC
LIMIT 100
