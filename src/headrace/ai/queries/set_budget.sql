-- Makes or changes a budget; a new one begins with what was spent and is reserved in its period. The table is locked
-- (`block_budgets`), so that no call begins or ends meanwhile.
INSERT INTO headrace.ai_budgets (scope, period, limit_nano_usd, since, spent_nano_usd, reserved_nano_usd, changed_at)
SELECT %(scope)s, %(period)s, %(limit_nano_usd)s, %(since)s, (
        SELECT coalesce(sum(cost_nano_usd), 0) FROM headrace.ai_spend
        WHERE day >= %(since)s
          AND (%(task)s::text IS NULL OR task = %(task)s) AND (%(owner)s::text IS NULL OR owner = %(owner)s)
          AND (%(app)s::text IS NULL OR starts_with(task, %(app)s || '.'))
    ), (
        SELECT coalesce(sum(reserved_nano_usd), 0) FROM headrace.ai_calls
        WHERE state = 'open' AND started_at >= %(since)s::date
          AND (%(task)s::text IS NULL OR task = %(task)s) AND (%(owner)s::text IS NULL OR owner = %(owner)s)
          AND (%(app)s::text IS NULL OR starts_with(task, %(app)s || '.'))
    ), coalesce(%(now)s::timestamptz, now())
ON CONFLICT (scope, period) DO UPDATE SET
    limit_nano_usd = excluded.limit_nano_usd, changed_at = excluded.changed_at
