-- Closes what a job that has ended left open.
UPDATE headrace.waits SET state = 'closed', settled_at = coalesce(%(now)s::timestamptz, now())
WHERE job_id = %(job)s AND settled_at IS NULL
