-- Changes the address of a user; the unique key refuses one that has an account.
UPDATE headrace.users SET email = %(email)s, email_key = %(key)s WHERE id = %(id)s
RETURNING id, email, name, role, created_at, signed_in_at, disabled_at
