-- Uses a link up: of two requests with one link, the second finds none.
DELETE FROM headrace.account_links
WHERE token_hash = %(hash)s AND kind = %(kind)s AND expires_at > coalesce(%(now)s::timestamptz, now())
RETURNING id, kind, user_id, email, role, created_at, expires_at
