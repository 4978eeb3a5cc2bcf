-- Which models were asked since a day, by name.
SELECT DISTINCT provider, model FROM headrace.ai_spend WHERE day >= %(since)s ORDER BY provider, model LIMIT %(limit)s
