-- Counts what runs: in bounded queues, and on the workers of these ids.
WITH lane AS (
    UPDATE headrace.queues AS q
    SET running = (SELECT count(*) FROM headrace.jobs AS j WHERE j.state = 'running' AND j.queue = q.name)
    WHERE q.concurrency IS NOT NULL
)
UPDATE headrace.workers AS w
SET running = (SELECT count(*) FROM headrace.jobs AS j WHERE j.state = 'running' AND j.worker_id = w.id)
WHERE w.id = ANY (%(workers)s)
