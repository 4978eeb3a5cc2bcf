-- Makes a schedule unless its name is taken.
INSERT INTO headrace.schedules (name, app, task, cron, timezone, input, missed, missed_limit,
                                created_at, changed_at, next_at)
SELECT b.name, b.app, b.task, b.cron, b.timezone, coalesce(b.input, 'null'), b.missed, b.missed_limit,
       %(now)s, %(now)s, b.next_at
FROM json_to_record(%(row)s::json) AS b (name text, app text, task text, cron text, timezone text, input jsonb,
                                         missed text, missed_limit integer, next_at timestamptz)
ON CONFLICT DO NOTHING
