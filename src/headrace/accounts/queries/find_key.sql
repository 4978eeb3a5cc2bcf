-- The key with one of these HMACs that still counts, with whose it is and the HMAC found; is_stale if its use should be
-- noted again. A replaced text counts until its time is over.
SELECT k.id, k.user_id, u.email, u.role, k.scopes, f.mac, coalesce(k.last_used_at < t.now - interval '1 minute', true)
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t,
     LATERAL (
         SELECT id, mac FROM headrace.api_keys WHERE mac = ANY(%(macs)s)
         UNION ALL
         SELECT id, old_mac FROM headrace.api_keys WHERE old_mac = ANY(%(macs)s) AND old_until > t.now
     ) AS f
JOIN headrace.api_keys AS k ON k.id = f.id
JOIN headrace.users AS u ON u.id = k.user_id
WHERE u.disabled_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > t.now)
LIMIT 1
