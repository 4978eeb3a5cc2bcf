-- Locks calls in id order and returns them as they stand: what they reserved, and what they were settled with, if they were.
SELECT id, job_id, state, task, coalesce(owner, '') AS owner, provider, model, rung, started_at, reserved_input_tokens,
       reserved_output_tokens, reserved_tokens, reserved_nano_usd, input_tokens, output_tokens, cached_tokens,
       reasoning_tokens, cost_nano_usd
FROM headrace.ai_calls
WHERE id = ANY (%(ids)s)
ORDER BY id
FOR UPDATE
