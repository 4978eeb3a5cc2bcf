-- What an owner's newest 50,000 jobs come to: how many have not ended, and how many bytes they hold (results as they are
-- stored, compressed); and the owner's own quotas. Each job is found by its key: joined, the plan would hang on statistics.
SELECT m.jobs, m.bytes, q.jobs, q.bytes
FROM (
    SELECT count(*) FILTER (WHERE NOT j.has_ended) AS jobs, coalesce(sum(j.bytes), 0)::bigint AS bytes
    FROM (
        SELECT job_id FROM headrace.job_labels WHERE label = 'owner:' || %(owner)s::text ORDER BY job_id DESC LIMIT 50000
    ) AS l
    CROSS JOIN LATERAL (
        SELECT
            finished_at IS NOT NULL AS has_ended,
            400 + stored_bytes + input_size + coalesce(pg_column_size(result), 0) AS bytes
        FROM headrace.jobs WHERE id = l.job_id LIMIT 1
    ) AS j
) AS m
LEFT JOIN headrace.quotas AS q ON q.owner = %(owner)s::text
