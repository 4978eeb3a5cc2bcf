-- Whether a limit counts calls that are not open; only a hint while calls begin and end.
SELECT FROM headrace.ai_limits AS l
WHERE l.in_use <> (SELECT count(*) FROM headrace.ai_calls
                   WHERE state = 'open' AND (provider = l.name OR provider || ':' || model = l.name))
LIMIT 1
