-- The child of each of these calls that failed or was cancelled first.
SELECT DISTINCT ON (c.call_id) c.call_id, c.place, c.child_id AS job_id, j.state, j.error
FROM headrace.job_children AS c JOIN headrace.jobs AS j ON j.id = c.child_id
WHERE c.call_id = ANY (%(calls)s) AND j.state IN ('failed', 'cancelled')
ORDER BY c.call_id, j.finished_at, c.place
