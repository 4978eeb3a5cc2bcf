-- Deletes a schedule, and with it the record of what it fired.
DELETE FROM headrace.schedules WHERE name = %(name)s
