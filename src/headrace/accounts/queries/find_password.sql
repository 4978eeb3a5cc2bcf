-- What is stored of the password of an account that can be signed in to.
SELECT id, password_hash FROM headrace.users WHERE email_key = %(key)s AND disabled_at IS NULL
