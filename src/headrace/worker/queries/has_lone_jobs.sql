-- Whether a job that must run alone has waited for a while in one of these queues.
SELECT EXISTS (
    SELECT FROM unnest(%(queues)s::text[]) AS q (name)
    JOIN headrace.jobs AS j ON j.queue = q.name AND j.alone AND j.state = 'queued'
    WHERE j.ready_at < coalesce(%(now)s::timestamptz, now()) - make_interval(secs => %(age)s)
)
