-- The children of a call that completed, for the same call of the job's retry: the same name and the same inputs.
SELECT c.place, c.child_id
FROM headrace.jobs AS j
JOIN headrace.waits AS w ON w.job_id = j.retry_of AND w.name = %(name)s AND w.args_hash = %(args_hash)s
JOIN headrace.job_children AS c ON c.call_id = w.id
JOIN headrace.jobs AS child ON child.id = c.child_id AND child.state = 'completed'
WHERE j.id = %(parent)s
