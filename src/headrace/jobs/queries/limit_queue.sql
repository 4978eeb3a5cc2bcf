-- Sets or clears what a queue takes at once and how far apart it takes. The running count is mended by upkeep within 10 s.
INSERT INTO headrace.queues (name, concurrency, seconds_each) VALUES (%(name)s, %(concurrency)s, %(seconds_each)s)
ON CONFLICT (name) DO UPDATE SET concurrency = excluded.concurrency, seconds_each = excluded.seconds_each, next_start = NULL
