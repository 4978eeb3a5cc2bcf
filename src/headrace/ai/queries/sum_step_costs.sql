-- What the AI calls of jobs cost, by the run and step that made them; `unpriced` is how many have no known price.
SELECT job_id, run, step, coalesce(sum(cost_nano_usd), 0)::bigint AS cost_nano_usd, count(*) AS calls,
       count(*) FILTER (WHERE cost_nano_usd IS NULL) AS unpriced
FROM headrace.ai_calls
WHERE job_id = ANY (%(jobs)s)
GROUP BY job_id, run, step
