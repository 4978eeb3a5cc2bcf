-- Makes a link to a job.
INSERT INTO headrace.job_links (id, job_id, token_hash, made_by, created_at, expires_at)
SELECT %(id)s, %(job)s, %(hash)s, %(made_by)s, t.now, t.now + %(life)s::interval
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
RETURNING id, job_id, made_by, created_at, expires_at
