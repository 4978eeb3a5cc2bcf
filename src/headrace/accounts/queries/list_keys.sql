-- The keys of a user, or of all, the newest first; those that have expired too.
SELECT id, user_id, name, last4, scopes, created_at, expires_at, last_used_at, old_until, key_id
FROM headrace.api_keys
WHERE %(user)s::uuid IS NULL OR user_id = %(user)s
ORDER BY id DESC
LIMIT 1000
