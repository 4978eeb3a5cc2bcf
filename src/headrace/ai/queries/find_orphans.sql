-- Finds open calls whose run is over: nobody will tell how they ended.
SELECT c.id, c.job_id FROM headrace.ai_calls AS c JOIN headrace.jobs AS j ON j.id = c.job_id
WHERE c.state = 'open' AND j.fence <> c.fence
  AND c.started_at < coalesce(%(now)s::timestamptz, now()) - make_interval(secs => %(age)s)
LIMIT 500
