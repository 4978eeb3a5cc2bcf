-- Deletes the oldest finished jobs, whatever their state, until `excess` bytes are gone; never one that ended after
-- `before`. Children go with the job at the root of their tree (a trigger deletes them), once none below it is left.
WITH oldest AS (
    SELECT f.id, sum(f.bytes) OVER (ORDER BY f.id) - f.bytes AS gone FROM (
        SELECT j.id, headrace.bytes_of(j.stored_bytes, j.input_size, j.result)
            + CASE WHEN j.is_parent THEN (SELECT coalesce(sum(b.bytes), 0) FROM headrace.jobs_below(j.id) AS b) ELSE 0 END AS bytes
        FROM unnest(%(states)s::text[]) AS s (state) CROSS JOIN LATERAL (
            SELECT id, stored_bytes, input_size, result, is_parent FROM headrace.jobs
            WHERE state = s.state AND finished_at IS NOT NULL AND finished_at < %(before)s
              AND call_id IS NULL AND NOT (is_parent AND EXISTS (SELECT FROM headrace.jobs_below(id) AS b WHERE NOT b.is_final))
            ORDER BY id
            LIMIT %(most)s
        ) AS j
        ORDER BY j.id
        LIMIT %(most)s
    ) AS f
)
DELETE FROM headrace.jobs
WHERE id = ANY (ARRAY (SELECT id FROM oldest WHERE gone < %(excess)s)) AND finished_at < %(before)s
