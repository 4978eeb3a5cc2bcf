-- The waits of a job in the order it opened them, or one of them; one that is open while its job has ended counts as closed.
-- No row at all when there is no such job.
SELECT w.id, j.id AS job_id, j.task, j.owner, w.name, w.kind,
       CASE WHEN w.state = 'open' AND j.finished_at IS NOT NULL THEN 'closed' ELSE w.state END AS state,
       w.schema, w.opened_at, w.due_at, w.settled_at, w.answer, w.answered_by, w.comment, w.refusals, w.refused
FROM headrace.jobs AS j LEFT JOIN headrace.waits AS w
  ON w.job_id = j.id AND (%(wait)s::uuid IS NULL OR w.id = %(wait)s)
WHERE j.id = %(job)s
ORDER BY w.seq
