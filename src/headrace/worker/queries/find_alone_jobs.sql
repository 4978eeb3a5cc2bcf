-- Whether this worker is reserved for a job that must run alone, and whether one has waited so long that it runs beside
-- others. Of the live workers that serve its queue the one that runs least is reserved, so that the others work on meanwhile;
-- none is for a paused queue.
SELECT coalesce(bool_or(job.waited >= %(reserve_after)s AND least.id = %(worker)s), false),
       coalesce(bool_or(job.waited >= %(beside_after)s), false)
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
CROSS JOIN unnest(%(queues)s::text[]) AS q (name)
CROSS JOIN LATERAL (
    SELECT extract(epoch FROM t.now - j.ready_at) AS waited FROM headrace.jobs AS j
    WHERE j.queue = q.name AND j.alone AND j.state = 'queued'
    ORDER BY j.priority, j.ready_at, j.id
    LIMIT 1
) AS job
CROSS JOIN LATERAL (
    SELECT w.id FROM headrace.workers AS w
    WHERE w.state = 'live' AND w.lease_until > t.now AND q.name = ANY (w.queues)
    ORDER BY w.running, w.id
    LIMIT 1
) AS least
WHERE NOT EXISTS (SELECT FROM headrace.queues AS p WHERE p.name = q.name AND p.paused)
