-- Begins a session.
INSERT INTO headrace.sessions (id, user_id, kind, token_hash, created_at, last_used_at, expires_at, address, agent)
SELECT %(id)s, %(user)s, %(kind)s, %(hash)s, t.now, t.now, t.now + make_interval(secs => %(life)s), %(address)s, %(agent)s
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
