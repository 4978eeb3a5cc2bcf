-- A page of the ledger, newest first, among its newest 50,000 rows; an empty filter does not narrow.
SELECT * FROM (
    SELECT id, job_id, run, step, task, owner, provider, model, answered_by, state, rung, started_at, finished_at,
           first_token_ms, input_tokens, output_tokens, cached_tokens, reasoning_tokens, is_estimated, is_cached,
           cost_nano_usd, reserved_nano_usd, price, finish_reason, error_code, error_message
    FROM headrace.ai_calls
    WHERE %(before)s::uuid IS NULL OR id < %(before)s
    ORDER BY id DESC
    LIMIT 50000
) AS newest
WHERE (%(task)s::text IS NULL OR task = %(task)s)
  AND (%(owner)s::text IS NULL OR owner = %(owner)s)
  AND (%(provider)s::text IS NULL OR provider = %(provider)s)
  AND (%(model)s::text IS NULL OR model = %(model)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY id DESC
LIMIT %(limit)s
