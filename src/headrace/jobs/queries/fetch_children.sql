-- The children of a call with what came of them, in the order of the inputs; all NULL for one that is deleted.
SELECT c.place, c.child_id, j.task, j.state, j.result::text, j.error
FROM headrace.job_children AS c LEFT JOIN headrace.jobs AS j ON j.id = c.child_id
WHERE c.call_id = %(call)s
ORDER BY c.place
