-- Children of calls that are to be cancelled: they have not ended, nobody asked for it, and their parent has ended or has
-- failed fast.
SELECT j.id
FROM headrace.job_calls AS c
JOIN headrace.jobs AS p ON p.id = c.parent_id
JOIN headrace.job_children AS m ON m.call_id = c.id
JOIN headrace.jobs AS j ON j.id = m.child_id
WHERE c.id = ANY (%(calls)s) AND (p.finished_at IS NOT NULL OR c.fail_fast AND c.failures > 0)
  AND j.finished_at IS NULL AND j.cancel_requested_at IS NULL
LIMIT %(most)s
