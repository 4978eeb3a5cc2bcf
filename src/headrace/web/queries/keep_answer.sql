-- Stores the answer in the transaction of the work itself, over one that is older than 24 hours. No row comes back when
-- another request finished between our look and our lock: then this transaction must not commit.
INSERT INTO headrace.idempotency_keys AS k (scope, key, fingerprint, status, headers, body, created_at)
VALUES (%(scope)s, %(key)s, %(fingerprint)s, %(status)s, %(headers)s::jsonb, %(body)s,
        coalesce(%(now)s::timestamptz, now()))
ON CONFLICT (scope, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body,
        created_at = excluded.created_at
    WHERE k.created_at < excluded.created_at - interval '24 hours'
RETURNING 1
