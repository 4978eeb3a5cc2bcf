-- A page of a job's children in the order of its calls and their inputs; no row at all when there is no such job, one of NULLs
-- when the page is empty. An adopted child, or one that is deleted, has a place all the same.
SELECT c.step, c.call_id, c.place, c.child_id AS id, j.task, j.queue, j.state, j.runs AS run, j.created_at, j.started_at,
       j.finished_at, j.error
FROM headrace.jobs AS p
LEFT JOIN LATERAL (
    SELECT w.name AS step, m.call_id, m.place, m.child_id
    FROM headrace.job_calls AS k
    JOIN headrace.waits AS w ON w.id = k.id
    JOIN headrace.job_children AS m ON m.call_id = k.id
    WHERE k.parent_id = p.id AND (m.call_id, m.place) > (%(call)s, %(place)s)
    ORDER BY m.call_id, m.place
    LIMIT %(limit)s
) AS c ON true
LEFT JOIN headrace.jobs AS j ON j.id = c.child_id
WHERE p.id = %(id)s
ORDER BY c.call_id, c.place
