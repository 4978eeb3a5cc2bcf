-- A page of a job's events after a number; no row at all when there is no such job, one of NULLs when the page is empty.
SELECT e.seq, e.at, e.type, e.data
FROM headrace.jobs AS j
LEFT JOIN LATERAL (
    SELECT seq, at, type, data FROM headrace.job_events
    WHERE job_id = j.id AND seq > %(after)s
    ORDER BY seq
    LIMIT %(limit)s
) AS e ON true
WHERE j.id = %(id)s
ORDER BY e.seq
