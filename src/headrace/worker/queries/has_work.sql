-- Whether a worker runs jobs, or its queues hold some that are ready or due. What lies in a paused queue, waits for room under
-- its limit key, or is to be tried again later is not waited for. Each part says so much that only its index is sensible: a
-- mere EXISTS reads the table from its beginning if the statistics promise a hit soon.
SELECT (SELECT count(*) FROM headrace.jobs WHERE worker_id = %(worker)s AND state = 'running') > 0
    OR EXISTS (
        SELECT FROM unnest(%(queues)s::text[]) AS q (name) CROSS JOIN LATERAL (
            SELECT FROM headrace.jobs AS j WHERE j.queue = q.name AND j.state = 'queued'
            ORDER BY j.alone, j.priority, j.ready_at, j.id LIMIT 1
        ) AS ready
        WHERE NOT EXISTS (SELECT FROM headrace.queues AS p WHERE p.name = q.name AND p.paused))
    OR EXISTS (
        SELECT FROM (
            SELECT j.queue FROM headrace.jobs AS j
            WHERE j.state = 'scheduled' AND (CASE j.state WHEN 'blocked' THEN j.limit_key END) IS NULL
              AND (CASE j.state WHEN 'scheduled' THEN j.run_at END) <= coalesce(%(now)s::timestamptz, now())
            ORDER BY (CASE j.state WHEN 'scheduled' THEN j.run_at END)
        ) AS due
        WHERE due.queue = ANY (%(queues)s))
