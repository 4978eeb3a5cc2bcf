-- Finds schedules whose time has come and whose task this process has; one that another process fires just now is skipped.
SELECT s.name, s.app, s.task, s.cron, s.timezone, s.input, s.missed, s.missed_limit, s.next_at,
       coalesce(%(now)s::timestamptz, now()) AS now
FROM headrace.schedules AS s
WHERE s.next_at <= coalesce(%(now)s::timestamptz, now()) AND s.paused_at IS NULL AND s.retired_at IS NULL
  AND s.task = ANY (%(tasks)s)
ORDER BY s.next_at, s.name
LIMIT 100
FOR UPDATE SKIP LOCKED
