-- Makes a saved view or changes it.
INSERT INTO headrace.saved_views (user_id, name, screen, query, changed_at)
VALUES (%(user)s, %(name)s, %(screen)s, %(query)s, coalesce(%(now)s::timestamptz, now()))
ON CONFLICT (user_id, name) DO UPDATE SET screen = excluded.screen, query = excluded.query, changed_at = excluded.changed_at
RETURNING name, screen, query, changed_at
