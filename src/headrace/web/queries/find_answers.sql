-- Takes keys for this transaction (false: another request is at that one) and finds the answers that were given under them.
-- The lock is on a hash; two keys with one hash would only make one of two simultaneous requests try again.
SELECT b.scope, b.key, pg_try_advisory_xact_lock(hashtextextended(b.scope || ' ' || b.key, 7301)),
       k.fingerprint, k.status, k.headers, k.body
FROM unnest(%(scopes)s::text[], %(keys)s::text[]) AS b (scope, key)
LEFT JOIN headrace.idempotency_keys AS k
    ON k.scope = b.scope AND k.key = b.key
   AND k.created_at >= coalesce(%(now)s::timestamptz, now()) - interval '24 hours'
