-- The runs of a job: past ones as stored, then the present or last one from the job's own row (stored only once another may
-- follow it). No row at all when there is no such job.
SELECT r.run, r.worker_id, r.started_at, r.ended_at, r.outcome, r.error
FROM headrace.jobs AS j
LEFT JOIN LATERAL (
    SELECT p.run, p.worker_id, p.started_at, p.ended_at, p.outcome, p.error
    FROM headrace.job_runs AS p WHERE p.job_id = j.id
    UNION ALL
    SELECT j.runs, j.worker_id, j.started_at, j.finished_at, j.state, j.error
    WHERE j.runs > 0
      AND NOT EXISTS (SELECT FROM headrace.job_runs AS p WHERE p.job_id = j.id AND p.run = j.runs)
) AS r ON true
WHERE j.id = %(id)s
ORDER BY r.run
