-- Puts right what deleted jobs left behind: calls that were open when their rows went. The table is locked.
UPDATE headrace.ai_limits AS l SET in_use = c.open
FROM (
    SELECT name, (SELECT count(*) FROM headrace.ai_calls
                  WHERE state = 'open' AND (provider = name OR provider || ':' || model = name)) AS open
    FROM headrace.ai_limits
) AS c
WHERE l.name = c.name AND l.in_use <> c.open
