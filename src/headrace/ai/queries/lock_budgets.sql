-- Locks budgets in the order of their scopes and periods.
SELECT scope, period, limit_nano_usd, since, spent_nano_usd, reserved_nano_usd, changed_at
FROM headrace.ai_budgets
WHERE scope = ANY (%(scopes)s)
ORDER BY scope, period
FOR UPDATE
