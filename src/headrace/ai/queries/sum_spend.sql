-- What calls that began on some days came to, by what is asked for, and how many took how long; the most expensive first, days in
-- their order.
WITH part AS (
    SELECT CASE %(by)s WHEN 'day' THEN day::text WHEN 'task' THEN task WHEN 'owner' THEN owner
                       ELSE provider || ':' || model END AS name,
           CASE WHEN %(by)s = 'day' THEN day END AS day, CASE WHEN %(by)s = 'task' THEN task END AS task,
           CASE WHEN %(by)s = 'owner' THEN owner END AS owner, CASE WHEN %(by)s = 'model' THEN provider END AS provider,
           CASE WHEN %(by)s = 'model' THEN model END AS model, calls, failed, lost, cached, unpriced, repairs,
           input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, times
    FROM headrace.ai_spend
    WHERE day BETWEEN %(first)s AND %(last)s
      AND (%(task)s::text IS NULL OR task = %(task)s)
      AND (%(owner)s::text IS NULL OR owner = %(owner)s)
), sums AS (
    SELECT name, day, task, owner, provider, model, sum(calls)::bigint AS calls, sum(failed)::bigint AS failed,
           sum(lost)::bigint AS lost, sum(cached)::bigint AS cached, sum(unpriced)::bigint AS unpriced,
           sum(repairs)::bigint AS repairs, sum(input_tokens)::bigint AS input_tokens,
           sum(output_tokens)::bigint AS output_tokens, sum(cached_tokens)::bigint AS cached_tokens,
           sum(reasoning_tokens)::bigint AS reasoning_tokens, sum(cost_nano_usd)::bigint AS cost_nano_usd
    FROM part
    GROUP BY name, day, task, owner, provider, model
    ORDER BY day, sum(cost_nano_usd) DESC, task, owner, provider, model
    LIMIT %(limit)s
), timed AS (
    SELECT name, jsonb_object_agg(bucket, calls) AS times
    FROM (SELECT name, t >> 32 AS bucket, sum(t & 4294967295) AS calls
          FROM part CROSS JOIN unnest(times) AS t GROUP BY name, t >> 32) AS buckets
    GROUP BY name
)
SELECT sums.*, timed.times
FROM sums LEFT JOIN timed USING (name)
ORDER BY day, cost_nano_usd DESC, task, owner, provider, model
