-- Calls about which something has to be done: none, but where children are to be cancelled or a process died at the wrong time.
SELECT id FROM headrace.job_calls WHERE is_due ORDER BY id LIMIT %(most)s
