-- Whether a worker runs jobs, or its queues hold some that are ready or due. What lies in a paused queue, waits for room under
-- its limit key, or is to be tried again later is not waited for.
SELECT EXISTS (SELECT FROM headrace.jobs WHERE worker_id = %(worker)s AND state = 'running')
    OR EXISTS (
        SELECT FROM unnest(%(queues)s::text[]) AS q (name), LATERAL (
            SELECT FROM headrace.jobs WHERE queue = q.name AND state = 'queued' LIMIT 1
        ) AS ready
        WHERE NOT EXISTS (SELECT FROM headrace.queues AS p WHERE p.name = q.name AND p.paused))
    OR EXISTS (
        SELECT FROM headrace.jobs
        WHERE state = 'scheduled' AND run_at <= coalesce(%(now)s::timestamptz, now()) AND queue = ANY (%(queues)s))
