-- Writes a call that a kept answer stands in for, with what was said in it, if its run still owns its job: it ends as it begins,
-- costs nothing, and asks no limit or budget. In the sums it is a call, and a cached one.
WITH caller AS (
    UPDATE headrace.jobs
    SET cost_nano_usd = coalesce(cost_nano_usd, 0), input_tokens = coalesce(input_tokens, 0),
        output_tokens = coalesce(output_tokens, 0), stored_bytes = stored_bytes + coalesce(length(%(messages)s::text), 0)
    WHERE id = %(job_id)s AND fence = %(fence)s
    RETURNING coalesce(%(now)s::timestamptz, now()) AS at
), call AS (
    INSERT INTO headrace.ai_calls (id, job_id, fence, run, step, task, owner, provider, model, rung, state, started_at,
                                   finished_at, answered_by, input_tokens, output_tokens, cached_tokens,
                                   reasoning_tokens, is_cached, cost_nano_usd, reserved_nano_usd, finish_reason)
    SELECT %(id)s, %(job_id)s, %(fence)s, %(run)s, %(step)s, %(task)s, %(owner)s, %(provider)s, %(model)s, %(rung)s, 'ok',
           at, at, %(answered_by)s, 0, 0, 0, 0, true, 0, 0, %(finish_reason)s
    FROM caller
), kept AS (
    INSERT INTO headrace.ai_messages (call_id, sealed)
    SELECT %(id)s, %(messages)s FROM caller WHERE %(messages)s::text IS NOT NULL
)
INSERT INTO headrace.ai_spend AS s (day, task, owner, provider, model, shard, calls, cached)
SELECT day, of_task, of_owner, %(provider)s, %(model)s, %(shard)s, 1, 1
FROM caller
CROSS JOIN LATERAL (VALUES ('1970-01-01'::date, '', ''),
                           ((at AT TIME ZONE 'UTC')::date, %(task)s, coalesce(%(owner)s::text, ''))
    ) AS sums (day, of_task, of_owner)
ORDER BY day
ON CONFLICT (day, task, owner, provider, model, shard) DO UPDATE SET calls = s.calls + 1, cached = s.cached + 1
