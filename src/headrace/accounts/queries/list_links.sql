-- The links that still count, the newest first.
SELECT id, kind, user_id, email, role, created_at, expires_at
FROM headrace.account_links
WHERE expires_at > coalesce(%(now)s::timestamptz, now())
ORDER BY id DESC
LIMIT 1000
