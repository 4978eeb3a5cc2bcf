-- The stored steps of a job, in the order they were finished (inherited ones have no place in that of the code), and the number of the last event that told of one.
SELECT name, args_hash, result::text, seq, CASE WHEN run > 0 THEN place END,
       (SELECT coalesce(max(e.seq), 0) FROM headrace.job_events AS e WHERE e.job_id = %(id)s AND e.type = 'step')
FROM headrace.job_steps WHERE job_id = %(id)s ORDER BY seq
