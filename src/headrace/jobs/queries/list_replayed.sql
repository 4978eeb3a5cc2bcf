-- The finished steps of a job in their order, each with the job and the run that did it: an inherited one was done by the
-- nearest of the jobs before it that ran it, or by one that is deleted (NULL). What children cost is summed with all that they
-- called; it is NULL if one of them is deleted.
WITH RECURSIVE line AS (
    SELECT id, retry_of, 0 AS generation FROM headrace.jobs WHERE id = %(id)s
    UNION ALL
    SELECT j.id, j.retry_of, l.generation + 1
    FROM line AS l JOIN headrace.jobs AS j ON j.id = l.retry_of
    WHERE l.generation < 100
)
SELECT s.name, coalesce(w.kind, s.kind) AS kind, s.seq, s.finished_at - s.started_at AS took, o.job_id AS done_by,
       o.run AS done_in, c.cost AS children_nano_usd
FROM headrace.job_steps AS s
LEFT JOIN LATERAL (
    SELECT p.job_id, p.run
    FROM line JOIN headrace.job_steps AS p ON p.job_id = line.id AND p.name = s.name
    WHERE p.run > 0
    ORDER BY line.generation
    LIMIT 1
) AS o ON true
LEFT JOIN headrace.waits AS w ON w.job_id = o.job_id AND w.name = s.name
LEFT JOIN LATERAL (
    SELECT CASE WHEN bool_and(j.id IS NOT NULL) THEN sum(coalesce(t.cost_nano_usd, 0))::bigint END AS cost
    FROM headrace.job_children AS m
    LEFT JOIN headrace.jobs AS j ON j.id = m.child_id
    LEFT JOIN LATERAL (
        SELECT j.cost_nano_usd
        UNION ALL
        SELECT d.cost_nano_usd FROM headrace.jobs_below(j.id) AS b JOIN headrace.jobs AS d ON d.id = b.id WHERE j.is_parent
    ) AS t ON true
    WHERE m.call_id = w.id
) AS c ON w.kind = 'children'
WHERE s.job_id = %(id)s
ORDER BY s.seq
