-- Lets a seed count from now on.
UPDATE headrace.second_factors SET confirmed_at = coalesce(%(now)s::timestamptz, now())
WHERE user_id = %(user)s AND confirmed_at IS NULL
