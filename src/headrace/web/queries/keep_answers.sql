-- Stores answers in the transaction of the work itself, over those that are older than 24 hours. A row is missing when
-- another request finished between our look and our lock: then this transaction must not commit.
INSERT INTO headrace.idempotency_keys AS k (scope, key, fingerprint, status, headers, body, created_at)
SELECT b.scope, b.key, b.fingerprint, b.status, b.headers, b.body, coalesce(%(now)s::timestamptz, now())
FROM json_to_recordset(%(batch)s::json) AS b (
         scope text, key text, fingerprint text, status smallint, headers jsonb, body text)
ON CONFLICT (scope, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body,
        created_at = excluded.created_at
    WHERE k.created_at < excluded.created_at - interval '24 hours'
RETURNING 1
