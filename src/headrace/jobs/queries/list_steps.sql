-- The finished steps of a job in the order they were finished; no row at all when there is no such job.
SELECT s.name, s.run, s.started_at, s.finished_at, s.result
FROM headrace.jobs AS j
LEFT JOIN headrace.job_steps AS s ON s.job_id = j.id
WHERE j.id = %(id)s
ORDER BY s.seq
