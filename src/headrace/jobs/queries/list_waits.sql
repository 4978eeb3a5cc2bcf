-- Waits of a state and kind, newest first, along their index, of one owner's jobs if asked for; those of a job that has ended count as closed.
SELECT w.id, w.job_id, j.task, j.owner, w.name, w.kind, w.state, w.schema, w.opened_at, w.due_at, w.settled_at, w.answer,
       w.answered_by, w.comment, w.refusals, w.refused
FROM headrace.waits AS w
CROSS JOIN LATERAL (SELECT task, owner, finished_at FROM headrace.jobs WHERE id = w.job_id LIMIT 1) AS j
WHERE w.state = %(state)s AND w.kind = %(kind)s AND w.id < %(before)s AND (w.state <> 'open' OR j.finished_at IS NULL)
  AND (%(owner)s::text IS NULL OR j.owner = %(owner)s)
ORDER BY w.id DESC
LIMIT %(limit)s
