-- What calls that began on some days came to, by what is asked for; the most expensive first, days in their order.
SELECT day, task, owner, provider, model, sum(calls)::bigint AS calls, sum(failed)::bigint AS failed,
       sum(lost)::bigint AS lost, sum(cached)::bigint AS cached, sum(unpriced)::bigint AS unpriced, sum(repairs)::bigint AS repairs,
       sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
       sum(cached_tokens)::bigint AS cached_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
       sum(cost_nano_usd)::bigint AS cost_nano_usd, headrace.sum_each(durations) AS durations,
       headrace.sum_each(first_tokens) AS first_tokens
FROM (
    SELECT CASE WHEN %(by)s = 'day' THEN day END AS day, CASE WHEN %(by)s = 'task' THEN task END AS task,
           CASE WHEN %(by)s = 'owner' THEN owner END AS owner, CASE WHEN %(by)s = 'model' THEN provider END AS provider,
           CASE WHEN %(by)s = 'model' THEN model END AS model, calls, failed, lost, cached, unpriced, repairs,
           input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, durations, first_tokens
    FROM headrace.ai_spend
    WHERE day BETWEEN %(first)s AND %(last)s
      AND (%(task)s::text IS NULL OR task = %(task)s)
      AND (%(owner)s::text IS NULL OR owner = %(owner)s)
) AS part
GROUP BY day, task, owner, provider, model
ORDER BY day, sum(cost_nano_usd) DESC, task, owner, provider, model
LIMIT %(limit)s
