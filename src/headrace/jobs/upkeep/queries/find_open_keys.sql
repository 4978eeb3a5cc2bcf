-- Limit keys with room under them and a job blocked at them: none, unless somebody changed a capacity or a row by hand.
SELECT k.key FROM headrace.limit_keys AS k
WHERE k.used < k.capacity AND EXISTS (
    SELECT FROM headrace.jobs
    WHERE state = 'blocked' AND (CASE state WHEN 'blocked' THEN limit_key END) = k.key)
LIMIT 1000
