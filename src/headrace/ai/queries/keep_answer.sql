-- Keeps an answer in place of the one before under its key.
INSERT INTO headrace.ai_answers (key, sealed, answered_at, expires_at)
SELECT %(key)s, %(sealed)s, at, at + %(age)s FROM coalesce(%(now)s::timestamptz, now()) AS at
ON CONFLICT (key) DO UPDATE
SET sealed = excluded.sealed, answered_at = excluded.answered_at, expires_at = excluded.expires_at
