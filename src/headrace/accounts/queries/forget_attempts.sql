-- Deletes attempts that no longer count and know nobody.
DELETE FROM headrace.sign_in_attempts
WHERE greatest(next_at, tried_at + %(age)s::interval, known_until) < coalesce(%(now)s::timestamptz, now())
