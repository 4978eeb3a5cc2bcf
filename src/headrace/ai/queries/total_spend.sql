-- What all calls of all time came to, by provider and model: kept under a day of its own.
SELECT provider, model, sum(calls)::bigint AS calls, sum(failed)::bigint AS failed, sum(lost)::bigint AS lost,
       sum(cached)::bigint AS cached, sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
       sum(cost_nano_usd)::bigint AS cost_nano_usd
FROM headrace.ai_spend
WHERE day = '1970-01-01'
GROUP BY provider, model
ORDER BY provider, model
