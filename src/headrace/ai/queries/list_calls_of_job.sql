-- A page of the calls of one job, in the order they were made; a single row without a call says that there is the job.
SELECT c.id, j.id AS job_id, c.run, c.step, c.task, c.owner, c.provider, c.model, c.answered_by, c.state, c.rung,
       c.started_at, c.finished_at, c.first_token_ms, c.input_tokens, c.output_tokens, c.cached_tokens,
       c.reasoning_tokens, c.is_estimated, c.is_cached, c.cost_nano_usd, c.reserved_nano_usd, c.price, c.finish_reason,
       c.error_code, c.error_message, c.raw_answer
FROM headrace.jobs AS j
LEFT JOIN headrace.ai_calls AS c ON c.job_id = j.id AND (%(after)s::uuid IS NULL OR c.id > %(after)s)
WHERE j.id = %(job)s
ORDER BY c.id
LIMIT %(limit)s
