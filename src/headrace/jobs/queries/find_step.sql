-- A job's state, and where one of its finished steps stands among them: NULL if it finished no step of that name.
SELECT j.state, s.seq
FROM headrace.jobs AS j LEFT JOIN headrace.job_steps AS s ON s.job_id = j.id AND s.name = %(step)s
WHERE j.id = %(id)s
