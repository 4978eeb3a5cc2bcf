-- Retires the schedules of these apps that their code no longer declares: kept with what they fired, never due again.
UPDATE headrace.schedules
SET retired_at = %(now)s
WHERE name = ANY (ARRAY (
    SELECT name FROM headrace.schedules
    WHERE app = ANY (%(apps)s) AND NOT name = ANY (%(names)s) AND retired_at IS NULL
    ORDER BY name
    FOR UPDATE
))
RETURNING name
