-- Adds the minutes of six hours ago into hours (shard -1) and into the totals of all time (shard -2), a few thousand rows a
-- time; sums stay what they are.
WITH old AS (
    DELETE FROM headrace.counters AS c
    USING (
        SELECT shard, minute, task, queue, outcome, bucket FROM headrace.counters
        WHERE shard = ANY ('{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}')
          AND minute < coalesce(%(now)s::timestamptz, now()) - interval '6 hours'
        ORDER BY shard, minute, task, queue, outcome, bucket
        LIMIT 5000
        FOR UPDATE
    ) AS o
    WHERE (c.shard, c.minute, c.task, c.queue, c.outcome, c.bucket)
        = (o.shard, o.minute, o.task, o.queue, o.outcome, o.bucket)
    RETURNING c.*
), rolled AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
    SELECT into_.shard, into_.minute, task, queue, outcome, bucket, sum(jobs), sum(seconds), sum(bytes)
    FROM old CROSS JOIN LATERAL (
        VALUES (-1, date_trunc('hour', old.minute, 'UTC')), (-2, timestamptz 'epoch')
    ) AS into_ (shard, minute)
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, seconds = c.seconds + excluded.seconds,
                      bytes = c.bytes + excluded.bytes
)
SELECT count(*) FROM old
