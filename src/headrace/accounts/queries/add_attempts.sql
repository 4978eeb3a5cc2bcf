-- Makes the rows of subjects that have none, in their order.
INSERT INTO headrace.sign_in_attempts (subject, tried_at, next_at)
SELECT s, coalesce(%(now)s::timestamptz, now()), coalesce(%(now)s::timestamptz, now())
FROM unnest(%(subjects)s::bytea[]) AS s ORDER BY s
ON CONFLICT (subject) DO NOTHING
