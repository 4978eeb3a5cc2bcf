-- Changes what is given of a user; null leaves a thing as it is.
UPDATE headrace.users
SET name = coalesce(%(name)s, name), role = coalesce(%(role)s, role),
    disabled_at = CASE %(disabled)s::boolean
        WHEN true THEN coalesce(disabled_at, coalesce(%(now)s::timestamptz, now())) WHEN false THEN NULL ELSE disabled_at END
WHERE id = %(id)s
RETURNING id, email, name, role, created_at, signed_in_at, disabled_at
