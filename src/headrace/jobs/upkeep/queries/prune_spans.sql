-- Forgets spans that end before the oldest job was made, at most a thousand of each task and queue at a time.
WITH RECURSIVE named (label) AS (
    (SELECT label FROM headrace.job_spans ORDER BY label LIMIT 1)
    UNION ALL
    SELECT (SELECT s.label FROM headrace.job_spans AS s WHERE s.label > n.label ORDER BY s.label LIMIT 1)
    FROM named AS n WHERE n.label IS NOT NULL
)
DELETE FROM headrace.job_spans WHERE ctid = ANY (ARRAY (
    SELECT old.place FROM named AS n CROSS JOIN LATERAL (
        SELECT s.ctid AS place FROM headrace.job_spans AS s
        WHERE s.label = n.label AND s.last_ms < (SELECT headrace.millis_of(id) FROM headrace.jobs ORDER BY id LIMIT 1)
        ORDER BY s.last_ms LIMIT 1000
    ) AS old
))
