-- One wait with its job's task and owner; one that is open while its job has ended counts as closed.
SELECT w.id, w.job_id, j.task, j.owner, w.name, w.kind,
       CASE WHEN w.state = 'open' AND j.finished_at IS NOT NULL THEN 'closed' ELSE w.state END AS state,
       w.schema, w.opened_at, w.due_at, w.settled_at, w.answer, w.answered_by, w.comment, w.refusals, w.refused
FROM headrace.waits AS w JOIN headrace.jobs AS j ON j.id = w.job_id
WHERE w.id = %(id)s
