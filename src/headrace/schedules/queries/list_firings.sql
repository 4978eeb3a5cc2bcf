-- The last planned times a schedule fired. The job is gone when retention took it.
SELECT f.planned_at, f.fired_at, f.job_id, j.state, f.error
FROM headrace.schedule_firings AS f
LEFT JOIN headrace.jobs AS j ON j.id = f.job_id
WHERE f.schedule = %(name)s
ORDER BY f.planned_at DESC
LIMIT 10
