-- Deletes the oldest finished jobs, whatever their state, until `excess` bytes are gone; never one that ended after `before`.
WITH oldest AS (
    SELECT f.id, sum(f.bytes) OVER (ORDER BY f.id) - f.bytes AS gone FROM (
        SELECT j.id, headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
        FROM unnest(%(states)s::text[]) AS s (state) CROSS JOIN LATERAL (
            SELECT id, stored_bytes, input_size, result FROM headrace.jobs
            WHERE state = s.state AND finished_at IS NOT NULL AND finished_at < %(before)s
            ORDER BY id
            LIMIT %(most)s
        ) AS j
        ORDER BY j.id
        LIMIT %(most)s
    ) AS f
)
DELETE FROM headrace.jobs
WHERE id = ANY (ARRAY (SELECT id FROM oldest WHERE gone < %(excess)s)) AND finished_at < %(before)s
