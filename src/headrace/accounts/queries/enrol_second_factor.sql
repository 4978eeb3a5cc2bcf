-- Stores a seed that waits for its first code, in place of one that waits; touches none that counts.
INSERT INTO headrace.second_factors AS f (user_id, sealed, created_at)
VALUES (%(user)s, %(sealed)s, coalesce(%(now)s::timestamptz, now()))
ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, last_step = 0
WHERE f.confirmed_at IS NULL
