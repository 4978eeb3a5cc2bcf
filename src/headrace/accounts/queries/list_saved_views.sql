-- The saved views of a user by name.
SELECT name, screen, query, changed_at FROM headrace.saved_views WHERE user_id = %(user)s ORDER BY name
