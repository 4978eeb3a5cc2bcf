-- Makes a link.
INSERT INTO headrace.account_links (id, kind, token_hash, user_id, email, role, created_at, expires_at)
SELECT %(id)s, %(kind)s, %(hash)s, %(user)s, %(email)s, %(role)s, t.now, t.now + %(life)s::interval
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
RETURNING id, kind, user_id, email, role, created_at, expires_at
