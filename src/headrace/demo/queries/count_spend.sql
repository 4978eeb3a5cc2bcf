-- Adds what the calls of these jobs came to by day, and under the day that stands for all time.
INSERT INTO headrace.ai_spend AS s (day, task, owner, provider, model, shard, calls, failed, unpriced, repairs, input_tokens,
                                    output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, durations, first_tokens)
SELECT d.day, d.task, d.owner, c.provider, c.model, 0, count(*), count(*) FILTER (WHERE c.state = 'error'),
       count(*) FILTER (WHERE c.cost_nano_usd IS NULL AND c.input_tokens IS NOT NULL),
       count(*) FILTER (WHERE c.rung IN ('again', 'mended')),
       coalesce(sum(c.input_tokens), 0), coalesce(sum(c.output_tokens), 0), coalesce(sum(c.cached_tokens), 0),
       coalesce(sum(c.reasoning_tokens), 0), coalesce(sum(c.cost_nano_usd), 0),
       headrace.sum_each(array_fill(0::bigint, ARRAY[took.bucket]) || 1::bigint) FILTER (WHERE c.state = 'ok'),
       headrace.sum_each(array_fill(0::bigint, ARRAY[first.bucket]) || 1::bigint) FILTER (WHERE c.first_token_ms IS NOT NULL)
FROM headrace.ai_calls AS c
CROSS JOIN LATERAL (
    VALUES ((c.started_at AT TIME ZONE 'UTC')::date, c.task, coalesce(c.owner, '')), (date '1970-01-01', '', '')
) AS d (day, task, owner)
CROSS JOIN LATERAL (
    SELECT least(ceil(log(2, greatest(1, extract(epoch FROM c.finished_at - c.started_at) * 1000)) * 2), 60)::integer
) AS took (bucket)
CROSS JOIN LATERAL (
    SELECT least(ceil(log(2, greatest(1, coalesce(c.first_token_ms, 1))) * 2), 60)::integer
) AS first (bucket)
WHERE c.job_id = ANY (%(ids)s) AND c.state <> 'open'
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (day, task, owner, provider, model, shard) DO UPDATE SET
    calls = s.calls + excluded.calls, failed = s.failed + excluded.failed, unpriced = s.unpriced + excluded.unpriced,
    repairs = s.repairs + excluded.repairs, durations = headrace.sum_of(s.durations, excluded.durations),
    first_tokens = headrace.sum_of(s.first_tokens, excluded.first_tokens),
    input_tokens = s.input_tokens + excluded.input_tokens, output_tokens = s.output_tokens + excluded.output_tokens,
    cached_tokens = s.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
    cost_nano_usd = s.cost_nano_usd + excluded.cost_nano_usd
