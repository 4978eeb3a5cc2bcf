-- Locks a session of tokens that still counts; is_recent if its refresh token was exchanged within the time of reuse.
SELECT s.user_id, s.refreshes, coalesce(s.refreshed_at > t.now - %(reuse)s::interval, false) AS is_recent
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
JOIN headrace.sessions AS s ON s.id = %(id)s
JOIN headrace.users AS u ON u.id = s.user_id
WHERE s.kind = 'token' AND s.expires_at > t.now AND u.disabled_at IS NULL
FOR UPDATE OF s
