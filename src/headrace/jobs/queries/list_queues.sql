-- The queues there are: those asked for, set, served by a live worker, or holding ready jobs (found by skipping along the
-- claim's index, never by reading it whole). A depth is counted as far as `cap`; the oldest is the first of each of the
-- first 100 priorities.
WITH RECURSIVE moment AS (
    SELECT coalesce(%(now)s::timestamptz, now()) AS now
), holding (queue) AS (
    (SELECT j.queue FROM headrace.jobs AS j WHERE j.state = 'queued' ORDER BY j.queue LIMIT 1)
    UNION ALL
    SELECT (SELECT j.queue FROM headrace.jobs AS j WHERE j.state = 'queued' AND j.queue > h.queue ORDER BY j.queue LIMIT 1)
    FROM holding AS h WHERE h.queue IS NOT NULL
), serving AS (
    SELECT served.queue, count(*) AS workers
    FROM headrace.workers AS w CROSS JOIN moment CROSS JOIN LATERAL unnest(w.queues) AS served (queue)
    WHERE w.state = 'live' AND w.lease_until > moment.now
    GROUP BY served.queue
), named AS (
    SELECT unnest(%(known)s::text[]) AS name
    UNION SELECT name FROM headrace.queues
    UNION SELECT queue FROM serving
    UNION SELECT queue FROM holding WHERE queue IS NOT NULL
)
SELECT n.name, coalesce(q.paused, false) AS paused, q.concurrency, q.seconds_each, coalesce(s.workers, 0) AS workers, line.depth, line.oldest,
       moment.now - line.oldest AS oldest_age
FROM named AS n
CROSS JOIN moment
LEFT JOIN headrace.queues AS q ON q.name = n.name
LEFT JOIN serving AS s ON s.queue = n.name
CROSS JOIN LATERAL (
    WITH RECURSIVE lane (alone, priority, ready_at, place) AS (
        (SELECT j.alone, j.priority, j.ready_at, 1 FROM headrace.jobs AS j WHERE j.state = 'queued' AND j.queue = n.name
         ORDER BY j.alone, j.priority, j.ready_at LIMIT 1)
        UNION ALL
        SELECT f.alone, f.priority, f.ready_at, lane.place + 1
        FROM lane CROSS JOIN LATERAL (
            SELECT j.alone, j.priority, j.ready_at FROM headrace.jobs AS j
            WHERE j.state = 'queued' AND j.queue = n.name AND (j.alone, j.priority) > (lane.alone, lane.priority)
            ORDER BY j.alone, j.priority, j.ready_at LIMIT 1
        ) AS f
        WHERE lane.place < 100
    )
    SELECT (SELECT min(ready_at) FROM lane) AS oldest, (
        SELECT count(*) FROM (
            SELECT FROM headrace.jobs AS j WHERE j.state = 'queued' AND j.queue = n.name
            ORDER BY j.alone, j.priority, j.ready_at, j.id LIMIT %(cap)s + 1
        ) AS counted
    ) AS depth
) AS line
WHERE %(name)s::text IS NULL OR n.name = %(name)s
ORDER BY n.name
