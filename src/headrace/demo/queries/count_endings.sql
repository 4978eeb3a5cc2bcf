-- Counts how the runs of these jobs ended, as finishes count them, and as old counters are kept: those of six hours ago by
-- the hour (shard -1) and in the totals of all time (shard -2).
WITH mine AS (
    SELECT * FROM headrace.jobs WHERE id = ANY (%(ids)s)
), ended AS (
    SELECT task, queue, finished_at AS at, state AS outcome, started_at,
           headrace.bytes_of(stored_bytes, input_size, result) AS bytes,
           coalesce(cancellation ->> 'stopped' <> 'before_start', true) AS has_run
    FROM mine WHERE finished_at IS NOT NULL
    UNION ALL
    SELECT m.task, m.queue, r.ended_at, CASE r.outcome WHEN 'failed' THEN 'retried' ELSE r.outcome END, r.started_at, 0, true
    FROM mine AS m JOIN headrace.job_runs AS r ON r.job_id = m.id
), timed AS (
    SELECT *, CASE WHEN has_run THEN extract(epoch FROM at - started_at)::float8 ELSE 0 END AS seconds FROM ended
)
INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
SELECT p.shard, p.minute, t.task, t.queue, t.outcome,
       CASE WHEN t.has_run THEN least(ceil(ln(greatest(t.seconds, 0.001) * 1000) * 2 / ln(2)), 60) ELSE -1 END AS bucket,
       count(*), sum(t.seconds), sum(t.bytes)
FROM timed AS t
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) - interval '6 hours' AS rolled) AS r
CROSS JOIN LATERAL (
    VALUES (0, date_trunc('minute', t.at), false), (-1, date_trunc('hour', t.at, 'UTC'), true),
           (-2, timestamptz 'epoch', true)
) AS p (shard, minute, is_rolled)
WHERE p.is_rolled = (date_trunc('minute', t.at) < r.rolled)
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (shard, minute, task, queue, outcome, bucket)
    DO UPDATE SET jobs = c.jobs + excluded.jobs, seconds = c.seconds + excluded.seconds, bytes = c.bytes + excluded.bytes
