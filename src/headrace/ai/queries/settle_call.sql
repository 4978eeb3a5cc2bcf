-- Closes an open call, once: a call that something else has settled stays as it is, and 0 rows say so.
UPDATE headrace.ai_calls
SET state = %(state)s,
    finished_at = clock_timestamp(),
    model = coalesce(%(model)s, model),
    first_token_ms = %(first_token_ms)s,
    input_tokens = %(input_tokens)s,
    output_tokens = %(output_tokens)s,
    cached_tokens = %(cached_tokens)s,
    reasoning_tokens = %(reasoning_tokens)s,
    cost_nano_usd = %(cost_nano_usd)s,
    finish_reason = %(finish_reason)s,
    error_code = %(error_code)s,
    error_message = %(error_message)s
WHERE id = %(id)s
  AND state = 'open'
