-- Notes that a key was used; its HMAC becomes that of the present secret where an older one's was found.
UPDATE headrace.api_keys AS k
SET last_used_at = coalesce(%(now)s::timestamptz, now()),
    mac = CASE WHEN k.mac = %(found)s THEN %(mac)s ELSE k.mac END,
    key_id = CASE WHEN k.mac = %(found)s THEN %(key_id)s ELSE k.key_id END,
    old_mac = CASE WHEN k.old_mac = %(found)s THEN %(mac)s ELSE k.old_mac END
WHERE k.id = %(id)s
