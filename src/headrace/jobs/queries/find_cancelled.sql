-- The worker's running jobs that somebody asked to cancel.
SELECT id, fence FROM headrace.jobs
WHERE worker_id = %(worker)s AND state = 'running' AND cancel_requested_at IS NOT NULL
