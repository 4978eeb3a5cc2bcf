-- How a user's second factor stands; no row if none was ever begun.
SELECT f.confirmed_at IS NOT NULL, f.confirmed_at,
       (SELECT count(*) FROM headrace.recovery_codes AS r WHERE r.user_id = f.user_id)
FROM headrace.second_factors AS f
WHERE f.user_id = %(user)s
