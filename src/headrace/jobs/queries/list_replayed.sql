-- The finished steps of a job in their order, each with the job and the run that did it: an inherited one was done by the
-- nearest of the jobs before it that ran it, or by one that is deleted (NULL).
WITH RECURSIVE line AS (
    SELECT id, retry_of, 0 AS generation FROM headrace.jobs WHERE id = %(id)s
    UNION ALL
    SELECT j.id, j.retry_of, l.generation + 1
    FROM line AS l JOIN headrace.jobs AS j ON j.id = l.retry_of
    WHERE l.generation < 100
)
SELECT s.name, s.kind, s.seq, s.finished_at - s.started_at AS took, o.job_id AS done_by, o.run AS done_in
FROM headrace.job_steps AS s
LEFT JOIN LATERAL (
    SELECT p.job_id, p.run
    FROM line JOIN headrace.job_steps AS p ON p.job_id = line.id AND p.name = s.name
    WHERE p.run > 0
    ORDER BY line.generation
    LIMIT 1
) AS o ON true
WHERE s.job_id = %(id)s
ORDER BY s.seq
