-- A session that still counts, by its cookie's hash or its id, with whose it is; is_stale if its use should be noted again.
SELECT s.id, s.user_id, u.email, u.role, s.last_used_at < t.now - interval '1 minute' AS is_stale
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
JOIN headrace.sessions AS s ON s.token_hash = %(hash)s OR s.id = %(id)s
JOIN headrace.users AS u ON u.id = s.user_id
WHERE u.disabled_at IS NULL AND s.expires_at > t.now
  AND (s.kind = 'token' OR s.last_used_at > t.now - make_interval(secs => %(idle)s))
