-- What an owner's newest 50,000 jobs come to: how many have not ended, and how many bytes they hold (results as they are
-- stored, compressed); and the owner's own quotas.
SELECT m.jobs, m.bytes, q.jobs, q.bytes
FROM (
    SELECT
        count(*) FILTER (WHERE j.finished_at IS NULL) AS jobs,
        coalesce(sum(400 + j.stored_bytes + j.input_size + coalesce(pg_column_size(j.result), 0)), 0)::bigint AS bytes
    FROM (
        SELECT job_id FROM headrace.job_labels WHERE label = 'owner:' || %(owner)s::text ORDER BY job_id DESC LIMIT 50000
    ) AS l
    JOIN headrace.jobs AS j ON j.id = l.job_id
) AS m
LEFT JOIN headrace.quotas AS q ON q.owner = %(owner)s::text
