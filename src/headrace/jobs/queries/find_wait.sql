-- The wait with this id, or at this address: the newest job's, if a retry took the address over.
SELECT id, job_id FROM headrace.waits
WHERE id = %(id)s OR address = %(address)s
ORDER BY job_id DESC
LIMIT 1
