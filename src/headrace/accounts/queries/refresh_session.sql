-- Counts an exchange of the refresh token; the session is locked by `lock_session`.
UPDATE headrace.sessions
SET refreshes = refreshes + 1, refreshed_at = t.now, last_used_at = t.now
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
WHERE id = %(id)s
