-- Forgets firings after 30 days, but the last ten of each schedule stay. A schedule's next time lies after all of them, so
-- none that is forgotten can come again.
DELETE FROM headrace.schedule_firings AS f
USING headrace.schedules AS s, LATERAL (
    SELECT planned_at FROM headrace.schedule_firings
    WHERE schedule = s.name ORDER BY planned_at DESC OFFSET 9 LIMIT 1
) AS tenth
WHERE f.schedule = s.name AND f.planned_at < tenth.planned_at
  AND f.planned_at < coalesce(%(now)s::timestamptz, now()) - interval '30 days'
