-- True for one process at a time, until its transaction ends.
SELECT pg_try_advisory_xact_lock(%(key)s)
