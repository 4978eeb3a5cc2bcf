-- Connects a user to a person at a provider; returns whose that person is then, which is somebody else's if it was.
WITH made AS (
    INSERT INTO headrace.identities (issuer, subject, user_id, created_at)
    VALUES (%(issuer)s, %(subject)s, %(user)s, coalesce(%(now)s::timestamptz, now()))
    ON CONFLICT (issuer, subject) DO NOTHING
    RETURNING user_id
)
SELECT user_id FROM made
UNION ALL
SELECT user_id FROM headrace.identities WHERE issuer = %(issuer)s AND subject = %(subject)s
LIMIT 1
