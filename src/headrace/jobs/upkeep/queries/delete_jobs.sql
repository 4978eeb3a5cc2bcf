-- Forgets finished jobs with all that hangs on them, their children too; one that is unfinished, or has unfinished children, or
-- is a child itself, is left and does not come back.
DELETE FROM headrace.jobs
WHERE id = ANY (%(ids)s) AND finished_at IS NOT NULL
  AND call_id IS NULL AND NOT (is_parent AND EXISTS (SELECT FROM headrace.jobs_below(id) AS b WHERE NOT b.is_final))
RETURNING id
