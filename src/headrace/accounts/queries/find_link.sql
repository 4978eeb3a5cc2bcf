-- A link that still counts, by its token's hash.
SELECT id, kind, user_id, email, role, created_at, expires_at
FROM headrace.account_links
WHERE token_hash = %(hash)s AND kind = %(kind)s AND expires_at > coalesce(%(now)s::timestamptz, now())
