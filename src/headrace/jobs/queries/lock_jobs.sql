-- Locks jobs in id order; what is decided about them next is decided in a newer snapshot.
SELECT id, state FROM headrace.jobs WHERE id = ANY (%(ids)s) ORDER BY id FOR UPDATE
