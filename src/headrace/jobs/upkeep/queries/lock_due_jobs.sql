-- Locks the jobs of up to a thousand waits whose time has come, in id order; those that somebody else holds come next time.
SELECT id, state FROM headrace.jobs
WHERE id = ANY (ARRAY (
    SELECT job_id FROM headrace.waits
    WHERE settled_at IS NULL AND due_at <= coalesce(%(now)s::timestamptz, now())
    ORDER BY due_at
    LIMIT 1000
))
ORDER BY id
FOR UPDATE SKIP LOCKED
