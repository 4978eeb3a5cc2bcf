-- Makes a key; without a life it is good until it is withdrawn.
INSERT INTO headrace.api_keys (id, user_id, name, mac, key_id, last4, scopes, created_at, expires_at)
SELECT %(id)s, %(user)s, %(name)s, %(mac)s, %(key_id)s, %(last4)s, %(scopes)s, t.now, t.now + %(life)s::interval
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
