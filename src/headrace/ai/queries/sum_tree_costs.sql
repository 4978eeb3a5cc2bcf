-- What the AI calls of a job, and of the jobs below it, have cost so far; those of unknown price count as nothing.
SELECT coalesce(j.cost_nano_usd, 0) + coalesce((
    SELECT sum(c.cost_nano_usd) FROM headrace.jobs AS c
    WHERE c.id = ANY (ARRAY (SELECT b.id FROM headrace.jobs_below(j.id) AS b))), 0)::bigint
FROM headrace.jobs AS j
WHERE j.id = %(id)s
