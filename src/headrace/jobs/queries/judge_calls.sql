-- How calls stand; their rows and their parents' are locked by the statements before. `is_left` says that children are still
-- to be cancelled.
SELECT c.id, w.state, c.children, c.children_left, c.failures, c.is_abandoned, c.is_failed,
       (c.is_abandoned OR c.is_failed) AND EXISTS (
           SELECT FROM headrace.job_children AS m JOIN headrace.jobs AS j ON j.id = m.child_id
           WHERE m.call_id = c.id AND j.finished_at IS NULL AND j.cancel_requested_at IS NULL) AS is_left
FROM (
    SELECT k.*, k.fail_fast AND k.failures > 0 AS is_failed, p.finished_at IS NOT NULL AS is_abandoned
    FROM headrace.job_calls AS k JOIN headrace.jobs AS p ON p.id = k.parent_id
    WHERE k.id = ANY (%(calls)s)
) AS c
JOIN headrace.waits AS w ON w.id = c.id
