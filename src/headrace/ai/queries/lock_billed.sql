-- Locks the jobs that calls are charged to, in id order, before their calls are.
SELECT id FROM headrace.jobs WHERE id = ANY (%(ids)s) ORDER BY id FOR NO KEY UPDATE
