-- Makes rows that bound nothing yet, so that a provider's wish to wait can be noted there. The table is locked.
INSERT INTO headrace.ai_limits (name, in_use)
SELECT n.name, (SELECT count(*) FROM headrace.ai_calls
                WHERE state = 'open' AND (provider = n.name OR provider || ':' || model = n.name))
FROM unnest(%(names)s::text[]) AS n (name)
ON CONFLICT (name) DO NOTHING
