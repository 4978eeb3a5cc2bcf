-- Writes how calls ended and what was said in them, and in the same transaction what that means for their jobs, limits, budgets
-- and the sums by day. The calls and whatever they change are locked. A receipt of a cancel that is already written learns the
-- sum. What a finished job holds is counted already: messages that come later are not.
WITH ended AS (
    UPDATE headrace.ai_calls AS c
    SET state = e.state, finished_at = %(at)s, answered_by = e.answered_by, first_token_ms = e.first_token_ms,
        input_tokens = e.input_tokens, output_tokens = e.output_tokens, cached_tokens = e.cached_tokens,
        reasoning_tokens = e.reasoning_tokens, is_estimated = e.is_estimated, cost_nano_usd = e.cost_nano_usd,
        price = e.price, finish_reason = e.finish_reason, error_code = e.error_code, error_message = e.error_message,
        raw_answer = e.raw_answer, rung = coalesce(e.rung, c.rung)
    FROM json_to_recordset(%(calls)s::json) AS e (
        id uuid, state text, answered_by text, first_token_ms integer, input_tokens integer, output_tokens integer,
        cached_tokens integer, reasoning_tokens integer, is_estimated boolean, cost_nano_usd bigint, price jsonb,
        finish_reason text, error_code text, error_message text, raw_answer text, rung text, messages text)
    WHERE c.id = e.id AND c.id = ANY (%(ids)s)  -- looked up by their ids, however small the table is believed to be
    RETURNING c.id, e.messages
), kept AS (
    INSERT INTO headrace.ai_messages (call_id, sealed)
    SELECT id, messages FROM ended WHERE messages IS NOT NULL
), billed AS (
    UPDATE headrace.jobs AS j
    SET cost_nano_usd = coalesce(j.cost_nano_usd, 0) + b.cost_nano_usd,
        input_tokens = coalesce(j.input_tokens, 0) + b.input_tokens,
        output_tokens = coalesce(j.output_tokens, 0) + b.output_tokens,
        stored_bytes = j.stored_bytes + CASE WHEN j.finished_at IS NULL THEN b.stored_bytes ELSE 0 END,
        cancellation = CASE WHEN j.cancellation ? 'billed_nano_usd' THEN j.cancellation || jsonb_build_object(
            'billed_nano_usd', coalesce(j.cost_nano_usd, 0) + b.cost_nano_usd) ELSE j.cancellation END
    FROM json_to_recordset(%(jobs)s::json)
        AS b (id uuid, cost_nano_usd bigint, input_tokens bigint, output_tokens bigint, stored_bytes bigint)
    WHERE j.id = b.id
), given_back AS (
    UPDATE headrace.ai_limits AS l SET in_use = t.in_use, recent = t.recent, held_until = t.held_until
    FROM json_to_recordset(%(limits)s::json) AS t (name text, in_use integer, recent jsonb, held_until timestamptz)
    WHERE l.name = t.name
), spent AS (
    UPDATE headrace.ai_budgets AS b
    SET since = r.since, spent_nano_usd = r.spent_nano_usd, reserved_nano_usd = r.reserved_nano_usd
    FROM json_to_recordset(%(budgets)s::json)
        AS r (scope text, period text, since date, spent_nano_usd bigint, reserved_nano_usd bigint)
    WHERE b.scope = r.scope AND b.period = r.period
)
INSERT INTO headrace.ai_spend AS s (day, task, owner, provider, model, shard, calls, failed, lost, cached, unpriced, repairs,
                                    input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, times)
SELECT day, task, owner, provider, model, %(shard)s, calls, failed, lost, cached, unpriced, repairs,
       input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, times
FROM json_to_recordset(%(spend)s::json) AS n (
    day date, task text, owner text, provider text, model text, calls bigint, failed bigint, lost bigint, cached bigint,
    unpriced bigint, repairs bigint, input_tokens bigint, output_tokens bigint, cached_tokens bigint,
    reasoning_tokens bigint, cost_nano_usd bigint, times bigint[])
ORDER BY day, task, owner, provider, model
ON CONFLICT (day, task, owner, provider, model, shard) DO UPDATE SET
    calls = s.calls + excluded.calls, failed = s.failed + excluded.failed, lost = s.lost + excluded.lost,
    cached = s.cached + excluded.cached, unpriced = s.unpriced + excluded.unpriced,
    repairs = s.repairs + excluded.repairs, times = headrace.times_of(s.times, excluded.times),
    input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
    cached_tokens = s.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
    cost_nano_usd = s.cost_nano_usd + excluded.cost_nano_usd
