-- Forgets the attempts at an account, takes one from its address, and knows the account at that address for a time.
WITH locked AS (
    SELECT subject FROM headrace.sign_in_attempts
    WHERE subject = ANY (ARRAY[%(here)s::bytea, %(anywhere)s::bytea, %(place)s::bytea])
    ORDER BY subject
    FOR UPDATE
)
UPDATE headrace.sign_in_attempts AS s
SET failures = CASE WHEN s.subject = %(place)s THEN greatest(s.failures - 1, 0) ELSE 0 END,
    next_at = CASE WHEN s.subject = %(place)s THEN s.next_at ELSE s.tried_at END,
    known_until = CASE WHEN s.subject = %(here)s THEN coalesce(%(now)s::timestamptz, now()) + %(known)s::interval END
FROM locked WHERE s.subject = locked.subject
