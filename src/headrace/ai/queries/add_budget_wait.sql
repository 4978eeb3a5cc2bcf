-- Notes that a job is about to wait for a budget, unless its patience is over; returns until when it waits at the most. The
-- patience of a job counts from its first wait for any budget.
WITH first AS (
    SELECT coalesce(min(b.since), t.now) AS since, t.now
    FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    LEFT JOIN headrace.ai_budget_waits AS b ON b.job_id = %(job)s
    GROUP BY t.now
), added AS (
    INSERT INTO headrace.ai_budget_waits (wait_id, job_id, scope, period, needed_nano_usd, since)
    SELECT %(wait)s, %(job)s, %(scope)s, %(period)s, %(needed)s, since
    FROM first WHERE since + make_interval(secs => %(patience)s) > now
)
SELECT since + make_interval(secs => %(patience)s) AS until, since + make_interval(secs => %(patience)s) <= now AS is_over
FROM first
