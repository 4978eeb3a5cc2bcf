-- Finds waits for budgets that have room for them again, or are lifted: of each budget as many as fit, oldest first.
WITH open AS (
    SELECT w.id, w.job_id, n.scope, n.period, sum(n.needed_nano_usd) OVER (
        PARTITION BY n.scope, n.period ORDER BY w.id) AS needed_so_far
    FROM headrace.waits AS w CROSS JOIN LATERAL (
        SELECT * FROM headrace.ai_budget_waits AS b WHERE b.wait_id = w.id LIMIT 1) AS n  -- one by one, by its key
    WHERE w.state = 'open' AND w.kind = 'budget'
), room AS (
    SELECT b.scope, b.period, b.limit_nano_usd - CASE WHEN b.since >= p.since
        THEN b.spent_nano_usd + b.reserved_nano_usd ELSE 0 END AS left_nano_usd
    FROM headrace.ai_budgets AS b CROSS JOIN LATERAL (
        SELECT date_trunc(b.period, coalesce(%(now)s::timestamptz, now()), 'UTC')::date AS since) AS p
)
SELECT o.id, o.job_id FROM open AS o LEFT JOIN room AS r ON r.scope = o.scope AND r.period = o.period
WHERE r.scope IS NULL OR o.needed_so_far <= r.left_nano_usd
ORDER BY o.id
LIMIT 1000
