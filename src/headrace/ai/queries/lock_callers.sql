-- Holds the jobs that want to call as they are: none changes its fence before the caller's transaction ends.
SELECT id, fence FROM headrace.jobs WHERE id = ANY (%(ids)s) ORDER BY id FOR KEY SHARE
