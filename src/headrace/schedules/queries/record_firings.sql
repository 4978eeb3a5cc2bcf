-- Records planned times as fired and sets the schedules' next times. A time that is there already does not come back: its
-- job exists, or was refused.
WITH moved AS (
    UPDATE headrace.schedules AS s SET next_at = b.next_at
    FROM json_to_recordset(%(moves)s::json) AS b (name text, next_at timestamptz)
    WHERE s.name = b.name
)
INSERT INTO headrace.schedule_firings (schedule, planned_at, fired_at, job_id, error)
SELECT b.schedule, b.planned_at, coalesce(%(now)s::timestamptz, now()), b.job_id, b.error
FROM json_to_recordset(%(firings)s::json) AS b (schedule text, planned_at timestamptz, job_id uuid, error text)
ON CONFLICT DO NOTHING
RETURNING job_id
