-- Forgets idempotency keys after 24 hours (draft-ietf-httpapi-idempotency-key-header leaves the time to the server).
DELETE FROM headrace.idempotency_keys
WHERE created_at < coalesce(%(now)s::timestamptz, now()) - interval '24 hours'
