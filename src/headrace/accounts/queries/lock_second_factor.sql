-- Locks a user's seed, so that of two requests with one code the second finds it used; with the time that counts.
SELECT f.sealed, f.last_step, coalesce(%(now)s::timestamptz, now())
FROM headrace.second_factors AS f
WHERE f.user_id = %(user)s AND (f.confirmed_at IS NOT NULL) = %(is_confirmed)s
FOR UPDATE
