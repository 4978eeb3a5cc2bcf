-- Sets the running count of queues with a concurrency to what it is; it differs where the concurrency was set while jobs ran.
UPDATE headrace.queues AS q
SET running = (SELECT count(*) FROM headrace.jobs AS j WHERE j.state = 'running' AND j.queue = q.name)
WHERE q.concurrency IS NOT NULL
  AND q.running <> (SELECT count(*) FROM headrace.jobs AS j WHERE j.state = 'running' AND j.queue = q.name)
