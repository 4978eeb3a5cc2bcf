-- A page of schedules, by name.
SELECT * FROM headrace.schedules
WHERE %(after)s::text IS NULL OR name > %(after)s
ORDER BY name
LIMIT %(limit)s
