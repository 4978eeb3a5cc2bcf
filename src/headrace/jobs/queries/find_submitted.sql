-- What is there already for submissions that inserted nothing: the same id, or the unfinished job with the unique key.
SELECT b.n, j.id, j.state
FROM ROWS FROM (json_to_recordset(%(batch)s::json) AS (id uuid, task text, unique_key text)) WITH ORDINALITY
         AS b (id, task, unique_key, n)
CROSS JOIN LATERAL (
    SELECT id, state FROM headrace.jobs WHERE id = b.id
    UNION ALL
    SELECT id, state FROM headrace.jobs
    WHERE task = b.task AND unique_key = b.unique_key AND unique_key IS NOT NULL AND finished_at IS NULL
    LIMIT 1
) AS j
