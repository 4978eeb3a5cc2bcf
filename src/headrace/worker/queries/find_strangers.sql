-- Jobs running in a worker's name for so long at least: those it does not know were claimed by a statement whose answer was lost.
SELECT id, fence FROM headrace.jobs
WHERE worker_id = %(id)s AND state = 'running'
  AND started_at <= coalesce(%(now)s::timestamptz, now()) - make_interval(secs => %(age)s)
