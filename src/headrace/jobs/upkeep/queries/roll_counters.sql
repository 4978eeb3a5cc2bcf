-- Adds the minutes of two days ago into hours of the shard -1, a few thousand rows a time; sums stay what they are.
WITH old AS (
    DELETE FROM headrace.counters AS c
    USING (
        SELECT shard, minute, task, queue, outcome, bucket FROM headrace.counters
        WHERE shard = ANY ('{0,1,2,3,4,5,6,7,8}') AND minute < coalesce(%(now)s::timestamptz, now()) - interval '2 days'
        ORDER BY shard, minute, task, queue, outcome, bucket
        LIMIT 5000
        FOR UPDATE
    ) AS o
    WHERE (c.shard, c.minute, c.task, c.queue, c.outcome, c.bucket)
        = (o.shard, o.minute, o.task, o.queue, o.outcome, o.bucket)
    RETURNING c.*
), rolled AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds)
    SELECT -1, date_trunc('hour', minute, 'UTC'), task, queue, outcome, bucket, sum(jobs), sum(seconds)
    FROM old GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, seconds = c.seconds + excluded.seconds
)
SELECT count(*) FROM old
