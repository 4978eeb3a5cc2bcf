-- Puts a new set-up code in the place of any earlier one, while there is no user; answers with a row if it did.
INSERT INTO headrace.setup_code (code_hash, expires_at)
SELECT %(hash)s, coalesce(%(now)s::timestamptz, now()) + make_interval(secs => %(life)s)
WHERE NOT EXISTS (SELECT FROM headrace.users)
ON CONFLICT (single) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at
RETURNING expires_at
