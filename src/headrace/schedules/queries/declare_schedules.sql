-- Writes the schedules that code declares. One that says the same as before is not touched; its next time moves only when
-- its expression or time zone is new, or when it comes back from retirement. A pause stays.
INSERT INTO headrace.schedules AS s (name, app, task, cron, timezone, input, missed, missed_limit,
                                     created_at, changed_at, next_at)
SELECT b.name, b.app, b.task, b.cron, b.timezone, coalesce(b.input, 'null'), b.missed, b.missed_limit, %(now)s, %(now)s, b.next_at
FROM json_to_recordset(%(batch)s::json) AS b (name text, app text, task text, cron text, timezone text, input jsonb,
                                              missed text, missed_limit integer, next_at timestamptz)
ON CONFLICT (name) DO UPDATE
SET app = excluded.app, task = excluded.task, cron = excluded.cron, timezone = excluded.timezone, input = excluded.input,
    missed = excluded.missed, missed_limit = excluded.missed_limit, changed_at = excluded.changed_at, retired_at = NULL,
    next_at = CASE WHEN s.retired_at IS NULL AND (s.cron, s.timezone) = (excluded.cron, excluded.timezone)
                   THEN coalesce(s.next_at, excluded.next_at) ELSE excluded.next_at END
WHERE (s.app, s.task, s.cron, s.timezone, s.input, s.missed, s.missed_limit)
      IS DISTINCT FROM (excluded.app, excluded.task, excluded.cron, excluded.timezone, excluded.input, excluded.missed,
                        excluded.missed_limit)
   OR s.retired_at IS NOT NULL OR s.next_at IS NULL
RETURNING s.name
