-- The waits that earlier runs of a job opened.
SELECT id, name, seq, state, args_hash, address, place FROM headrace.waits WHERE job_id = %(id)s
