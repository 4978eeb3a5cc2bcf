-- A page of the budgets by scope.
SELECT scope, period, limit_nano_usd, since, spent_nano_usd, reserved_nano_usd, changed_at,
       coalesce(%(now)s::timestamptz, now()) AS now
FROM headrace.ai_budgets
WHERE scope IN (
    SELECT DISTINCT scope FROM headrace.ai_budgets
    WHERE (%(scope)s::text IS NULL OR scope = %(scope)s) AND (%(after)s::text IS NULL OR scope > %(after)s)
      AND (NOT %(without_owners)s OR scope NOT LIKE 'owner:%%')
    ORDER BY scope LIMIT %(limit)s)
ORDER BY scope, period
