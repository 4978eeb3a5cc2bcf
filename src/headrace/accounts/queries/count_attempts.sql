-- Counts an attempt of each subject; its row is locked already.
UPDATE headrace.sign_in_attempts AS s
SET failures = c.failures, tried_at = n.now, next_at = n.now + c.wait
FROM unnest(%(subjects)s::bytea[], %(failures)s::integer[], %(waits)s::interval[]) AS c (subject, failures, wait)
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, clock_timestamp()) AS now) AS n
WHERE s.subject = c.subject
