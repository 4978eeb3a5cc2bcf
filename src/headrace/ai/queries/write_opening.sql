-- Writes calls that may begin with what they take of limits and budgets, whose locks are held, and the turns of those that
-- have to wait: all of it or nothing.
WITH call AS (
    INSERT INTO headrace.ai_calls (id, job_id, fence, run, step, task, owner, provider, model, rung, state, started_at,
                                   reserved_input_tokens, reserved_output_tokens, reserved_tokens, reserved_nano_usd)
    SELECT id, job_id, fence, run, step, task, owner, provider, model, rung, 'open', %(at)s,
           reserved_input_tokens, reserved_output_tokens, reserved_tokens, reserved_nano_usd
    FROM json_to_recordset(%(calls)s::json) AS c (
        id uuid, job_id uuid, fence bigint, run integer, step text, task text, owner text, provider text, model text,
        rung text, reserved_input_tokens bigint, reserved_output_tokens bigint, reserved_tokens bigint,
        reserved_nano_usd bigint)
), taken AS (
    UPDATE headrace.ai_limits AS l SET in_use = t.in_use, recent = t.recent
    FROM json_to_recordset(%(limits)s::json) AS t (name text, in_use integer, recent jsonb)
    WHERE l.name = t.name
), reserved AS (
    UPDATE headrace.ai_budgets AS b
    SET since = r.since, spent_nano_usd = r.spent_nano_usd, reserved_nano_usd = r.reserved_nano_usd
    FROM json_to_recordset(%(budgets)s::json)
        AS r (scope text, period text, since date, spent_nano_usd bigint, reserved_nano_usd bigint)
    WHERE b.scope = r.scope AND b.period = r.period
)
INSERT INTO headrace.ai_turns AS t (name, owner, served_at, waits_until)
SELECT name, owner, served_at, waits_until
FROM json_to_recordset(%(turns)s::json) AS n (name text, owner text, served_at timestamptz, waits_until timestamptz)
ORDER BY name, owner
ON CONFLICT (name, owner) DO UPDATE SET served_at = excluded.served_at, waits_until = excluded.waits_until
