-- The stored steps of a job, in the order they were finished, and the number of the last event that told of one.
SELECT name, args_hash, result::text, seq,
       (SELECT coalesce(max(e.seq), 0) FROM headrace.job_events AS e WHERE e.job_id = %(id)s AND e.type = 'step')
FROM headrace.job_steps WHERE job_id = %(id)s ORDER BY seq
