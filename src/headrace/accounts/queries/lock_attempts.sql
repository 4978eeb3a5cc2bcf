-- Locks the rows of subjects in their order: how many attempts count, how long the next has to wait, and whether somebody
-- signed in from there not long ago. Attempts older than a day no longer count.
SELECT
    subject,
    CASE WHEN tried_at < n.now - %(age)s::interval THEN 0 ELSE failures END,
    next_at - n.now,
    coalesce(known_until > n.now, false)
FROM headrace.sign_in_attempts
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, clock_timestamp()) AS now) AS n
WHERE subject = ANY (%(subjects)s::bytea[])
ORDER BY subject
FOR UPDATE OF sign_in_attempts
