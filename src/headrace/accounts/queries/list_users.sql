-- Users in the order of their ids, those after a place.
SELECT id, email, name, role, created_at, signed_in_at, disabled_at FROM headrace.users
WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
