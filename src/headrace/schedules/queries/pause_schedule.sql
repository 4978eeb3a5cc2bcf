-- Writes or ends a pause of a schedule whose row the caller holds locked.
UPDATE headrace.schedules SET paused_at = %(paused_at)s, next_at = %(next_at)s WHERE name = %(name)s
