-- The sessions of a user that still count, the one used last first.
SELECT s.id, s.kind, s.created_at, s.last_used_at, s.expires_at, s.address, s.agent
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
JOIN headrace.sessions AS s ON s.user_id = %(user)s
WHERE s.expires_at > t.now AND (s.kind = 'token' OR s.last_used_at > t.now - make_interval(secs => %(idle)s))
ORDER BY s.last_used_at DESC, s.id DESC
LIMIT 200
