-- How many jobs have each of some labels, counted up to `cap` + 1, the rarest first.
SELECT l.label, n.jobs
FROM unnest(%(labels)s::text[]) AS l (label) CROSS JOIN LATERAL (
    SELECT count(*) AS jobs FROM (
        SELECT FROM headrace.job_labels AS k WHERE k.label = l.label ORDER BY k.label, k.job_id LIMIT %(cap)s + 1
    ) AS counted
) AS n
ORDER BY n.jobs
