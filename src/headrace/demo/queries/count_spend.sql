-- Adds what the calls of these jobs came to by day, and under the day that stands for all time.
WITH call AS (
    SELECT d.day, d.task, d.owner, c.provider, c.model, c.state, c.rung, c.input_tokens, c.output_tokens, c.cached_tokens,
           c.reasoning_tokens, c.cost_nano_usd, c.first_token_ms,
           extract(epoch FROM c.finished_at - c.started_at) * 1000 AS took_ms
    FROM headrace.ai_calls AS c
    CROSS JOIN LATERAL (
        VALUES ((c.started_at AT TIME ZONE 'UTC')::date, c.task, coalesce(c.owner, '')), (date '1970-01-01', '', '')
    ) AS d (day, task, owner)
    WHERE c.job_id = ANY (%(ids)s) AND c.state <> 'open'
), timed AS (
    SELECT day, task, owner, provider, model, array_agg((bucket << 32) + calls ORDER BY bucket) AS times
    FROM (
        SELECT day, task, owner, provider, model,
               t.begin + least(ceil(log(2, greatest(1, t.ms)) * 2), 60)::bigint AS bucket, count(*) AS calls
        FROM call
        CROSS JOIN LATERAL (VALUES (0, CASE WHEN state = 'ok' THEN took_ms END), (64, first_token_ms)) AS t (begin, ms)
        WHERE t.ms IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6
    ) AS buckets
    GROUP BY 1, 2, 3, 4, 5
), summed AS (
    SELECT day, task, owner, provider, model, count(*) AS calls, count(*) FILTER (WHERE state = 'error') AS failed,
           count(*) FILTER (WHERE cost_nano_usd IS NULL AND input_tokens IS NOT NULL) AS unpriced,
           count(*) FILTER (WHERE rung IN ('again', 'mended')) AS repairs,
           coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
           coalesce(sum(cached_tokens), 0) AS cached_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
           coalesce(sum(cost_nano_usd), 0) AS cost_nano_usd
    FROM call
    GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO headrace.ai_spend AS s (day, task, owner, provider, model, shard, calls, failed, unpriced, repairs, input_tokens,
                                    output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, times)
SELECT day, task, owner, provider, model, 0, calls, failed, unpriced, repairs, input_tokens, output_tokens, cached_tokens,
       reasoning_tokens, cost_nano_usd, coalesce(times, '{}')
FROM summed LEFT JOIN timed USING (day, task, owner, provider, model)
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (day, task, owner, provider, model, shard) DO UPDATE SET
    calls = s.calls + excluded.calls, failed = s.failed + excluded.failed, unpriced = s.unpriced + excluded.unpriced,
    repairs = s.repairs + excluded.repairs, times = headrace.times_of(s.times, excluded.times),
    input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
    cached_tokens = s.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
    cost_nano_usd = s.cost_nano_usd + excluded.cost_nano_usd
