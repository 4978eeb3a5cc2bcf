-- A link that still counts, by its token's hash.
SELECT l.id, l.job_id
FROM headrace.job_links AS l
LEFT JOIN headrace.users AS u ON u.id = l.made_by
WHERE l.token_hash = %(hash)s AND l.expires_at > coalesce(%(now)s::timestamptz, now()) AND u.disabled_at IS NULL
