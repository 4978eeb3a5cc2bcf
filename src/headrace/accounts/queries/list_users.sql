-- Users in the order of their ids, those after a place; if words are given, only those with them in their name or
-- address. Reads the users one by one: there are thousands at most.
SELECT id, email, name, role, created_at, signed_in_at, disabled_at FROM headrace.users
WHERE id > %(after)s
  AND (%(words)s::text IS NULL OR strpos(email_key, %(key)s) > 0 OR strpos(lower(name), lower(%(words)s)) > 0)
ORDER BY id LIMIT %(limit)s
