-- What keeps a job from running, as of one snapshot; no row if it runs, has ended, or is in another state than asked about.
-- The place in line is counted along the claim's own index, and only as far as `cap`.
SELECT j.queue, j.run_at, j.failures, j.alone, k.used, k.capacity, t.now, coalesce(q.paused, false) AS is_paused,
       EXISTS (SELECT FROM headrace.workers AS w
               WHERE w.state = 'live' AND w.lease_until > t.now AND j.queue = ANY (w.queues)) AS is_served,
       CASE WHEN j.state = 'queued' THEN (
           SELECT count(*) FROM (
               SELECT FROM headrace.jobs AS a
               WHERE a.queue = j.queue AND a.alone = j.alone AND a.state = 'queued'
                 AND (a.priority, a.ready_at, a.id) < (j.priority, j.ready_at, j.id)
               ORDER BY a.queue, a.alone, a.priority, a.ready_at, a.id
               LIMIT %(cap)s + 1
           ) AS line
       ) END AS ahead,
       wait.*, c.children, c.children_left
FROM headrace.jobs AS j
LEFT JOIN LATERAL (
    SELECT count(*) AS waits, min(w.opened_at) AS waits_since, min(w.due_at) AS waits_until,
           (array_agg(w.name ORDER BY w.seq))[1] AS waits_for, (array_agg(w.kind ORDER BY w.seq))[1] AS wait_kind
    FROM headrace.waits AS w WHERE w.job_id = j.id AND w.settled_at IS NULL AND j.state = 'waiting'
) AS wait ON true
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
LEFT JOIN headrace.queues AS q ON q.name = j.queue
LEFT JOIN headrace.limit_keys AS k ON k.key = j.limit_key
LEFT JOIN LATERAL (
    SELECT sum(o.children)::integer AS children, sum(o.children_left)::integer AS children_left
    FROM headrace.job_calls AS o WHERE o.parent_id = j.id AND o.children_left > 0
) AS c ON j.state = 'waiting' AND j.is_parent
WHERE j.id = %(id)s AND j.state = %(state)s AND j.state <> 'running' AND j.finished_at IS NULL
