-- A user by a session of theirs: the stored password, if there is one, and whether the session began a short time ago.
SELECT u.email, u.password_hash, s.created_at > coalesce(%(now)s::timestamptz, now()) - %(recent)s::interval
FROM headrace.sessions AS s
JOIN headrace.users AS u ON u.id = s.user_id
WHERE s.id = %(session)s AND s.user_id = %(user)s
