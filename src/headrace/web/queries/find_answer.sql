-- Takes the key for this transaction (false: another request is at it) and finds the answer that was given under it.
-- The lock is on a hash; two keys with one hash would only make one of two simultaneous requests try again.
SELECT pg_try_advisory_xact_lock(hashtextextended(%(scope)s::text || ' ' || %(key)s::text, 7301)),
       k.fingerprint, k.status, k.headers, k.body
FROM (SELECT) AS one
LEFT JOIN headrace.idempotency_keys AS k
    ON k.scope = %(scope)s::text AND k.key = %(key)s::text
   AND k.created_at >= coalesce(%(now)s::timestamptz, now()) - interval '24 hours'
