-- Locks the queues that have a concurrency: nobody claims from or finishes into them until the transaction ends.
SELECT name FROM headrace.queues WHERE concurrency IS NOT NULL ORDER BY name FOR UPDATE
