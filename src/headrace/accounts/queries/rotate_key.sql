-- Gives a key a new text; the one before is good for the grace.
UPDATE headrace.api_keys AS k
SET old_mac = k.mac, old_until = t.now + %(grace)s::interval, mac = %(mac)s, key_id = %(key_id)s, last4 = %(last4)s
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
WHERE k.id = %(id)s AND (%(user)s::uuid IS NULL OR k.user_id = %(user)s)
