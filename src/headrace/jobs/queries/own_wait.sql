-- One row if the wait is of a job of the owner's.
SELECT FROM headrace.waits AS w JOIN headrace.jobs AS j ON j.id = w.job_id WHERE w.id = %(id)s AND j.owner = %(owner)s
