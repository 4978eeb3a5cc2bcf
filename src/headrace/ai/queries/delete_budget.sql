-- Lifts a budget.
DELETE FROM headrace.ai_budgets WHERE scope = %(scope)s AND period = %(period)s
