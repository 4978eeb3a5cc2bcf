-- Limit keys with room under them and a job blocked at them: none, unless somebody changed a capacity or a row by hand.
-- One probe a key, in the order of the index: otherwise the planner may read all that is blocked, or all there is.
SELECT k.key FROM headrace.limit_keys AS k
CROSS JOIN LATERAL (
    SELECT FROM headrace.jobs
    WHERE state = 'blocked' AND (CASE state WHEN 'blocked' THEN limit_key END) = k.key
      AND (CASE state WHEN 'scheduled' THEN run_at END) IS NULL
    ORDER BY (CASE state WHEN 'scheduled' THEN run_at END), priority, id
    LIMIT 1
) AS waiting
WHERE k.used < k.capacity
LIMIT 1000
