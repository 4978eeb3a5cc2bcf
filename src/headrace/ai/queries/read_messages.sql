-- Reads a call of a job and what is kept of its messages.
SELECT c.id, c.task, c.state, m.sealed
FROM headrace.ai_calls AS c
LEFT JOIN headrace.ai_messages AS m ON m.call_id = c.id
WHERE c.id = %(call)s AND c.job_id = %(job)s
