-- Writes a changed schedule, whose row the caller holds locked.
UPDATE headrace.schedules AS s
SET task = b.task, cron = b.cron, timezone = b.timezone, input = coalesce(b.input, 'null'), missed = b.missed,
    missed_limit = b.missed_limit, next_at = b.next_at, changed_at = %(now)s
FROM json_to_record(%(row)s::json) AS b (name text, task text, cron text, timezone text, input jsonb,
                                         missed text, missed_limit integer, next_at timestamptz)
WHERE s.name = b.name
