-- Finds open calls whose run is over: nobody will tell how they ended. Each job is looked up by itself: a join of the two
-- tables would hang on statistics, and so would a scan without the index's order.
SELECT c.id, c.job_id FROM headrace.ai_calls AS c
WHERE c.state = 'open'
  AND c.started_at < coalesce(%(now)s::timestamptz, now()) - make_interval(secs => %(age)s)
  AND (SELECT j.fence FROM headrace.jobs AS j WHERE j.id = c.job_id) <> c.fence
ORDER BY c.job_id
LIMIT 500
