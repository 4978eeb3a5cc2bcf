-- Adds what the calls of these jobs came to by day, and under the day that stands for all time.
INSERT INTO headrace.ai_spend AS s (day, task, owner, provider, model, shard, calls, failed, unpriced, input_tokens,
                                    output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd)
SELECT d.day, d.task, d.owner, c.provider, c.model, 0, count(*), count(*) FILTER (WHERE c.state = 'error'),
       count(*) FILTER (WHERE c.cost_nano_usd IS NULL AND c.input_tokens IS NOT NULL),
       coalesce(sum(c.input_tokens), 0), coalesce(sum(c.output_tokens), 0), coalesce(sum(c.cached_tokens), 0),
       coalesce(sum(c.reasoning_tokens), 0), coalesce(sum(c.cost_nano_usd), 0)
FROM headrace.ai_calls AS c
CROSS JOIN LATERAL (
    VALUES ((c.started_at AT TIME ZONE 'UTC')::date, c.task, coalesce(c.owner, '')), (date '1970-01-01', '', '')
) AS d (day, task, owner)
WHERE c.job_id = ANY (%(ids)s) AND c.state <> 'open'
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (day, task, owner, provider, model, shard) DO UPDATE SET
    calls = s.calls + excluded.calls, failed = s.failed + excluded.failed, unpriced = s.unpriced + excluded.unpriced,
    input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
    cached_tokens = s.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
    cost_nano_usd = s.cost_nano_usd + excluded.cost_nano_usd
