-- Says that nothing is left to do about calls, and forgets the limit keys of those whose children have all ended.
WITH rested AS (
    UPDATE headrace.job_calls SET is_due = false WHERE id = ANY (%(calls)s) RETURNING limit_key, children_left
), held AS (
    SELECT k.key FROM headrace.limit_keys AS k JOIN rested AS r ON r.limit_key = k.key
    WHERE r.children_left = 0 AND k.used = 0
    ORDER BY k.key
    FOR UPDATE OF k
)
DELETE FROM headrace.limit_keys WHERE key = ANY (ARRAY (SELECT key FROM held))
