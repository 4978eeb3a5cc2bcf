-- A user by id or by the address in lower case.
SELECT id, email, name, role, created_at, signed_in_at, disabled_at FROM headrace.users
WHERE id = %(id)s OR email_key = %(key)s
