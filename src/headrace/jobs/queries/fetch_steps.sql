-- The stored steps of a job, in the order they were finished.
SELECT name, args_hash, result::text, seq FROM headrace.job_steps WHERE job_id = %(id)s ORDER BY seq
