-- Forgets finished jobs with all that hangs on them; one that is unfinished is left and does not come back.
DELETE FROM headrace.jobs WHERE id = ANY (%(ids)s) AND finished_at IS NOT NULL RETURNING id
