-- Makes an alias or changes what it stands for.
INSERT INTO headrace.ai_aliases (name, models, changed_at)
VALUES (%(name)s, %(models)s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET models = excluded.models, changed_at = excluded.changed_at
