-- Makes a user; no row if the address has an account.
INSERT INTO headrace.users (id, email, email_key, name, role, password_hash, created_at)
VALUES (%(id)s, %(email)s, %(key)s, %(name)s, %(role)s, %(password)s, coalesce(%(now)s::timestamptz, now()))
ON CONFLICT (email_key) DO NOTHING
RETURNING id, email, name, role, created_at, signed_in_at, disabled_at
