-- Locks calls in id order, after their parents' rows; what is decided about them next is decided in a newer snapshot.
SELECT id FROM headrace.job_calls WHERE id = ANY (%(calls)s) ORDER BY id FOR UPDATE
