-- Events of watched jobs after the last one seen of each, up to `most` a job, in their order.
SELECT w.id, e.seq, e.at, e.type, e.data
FROM ROWS FROM (unnest(%(ids)s::uuid[]), unnest(%(after)s::integer[])) AS w (id, after)
CROSS JOIN LATERAL (
    SELECT seq, at, type, data::text AS data FROM headrace.job_events
    WHERE job_id = w.id AND seq > w.after
    ORDER BY seq
    LIMIT %(most)s
) AS e
ORDER BY w.id, e.seq
