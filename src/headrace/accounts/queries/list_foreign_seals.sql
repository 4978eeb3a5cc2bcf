-- The seeds that another secret key than ours sealed.
SELECT user_id, sealed FROM headrace.second_factors WHERE NOT starts_with(sealed, %(ours)s) ORDER BY user_id LIMIT 1000
