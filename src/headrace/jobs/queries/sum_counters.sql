-- What was counted between two moments, by step of the chart, outcome and bucket of the histogram: a sum over shards. By task or
-- queue if asked for; the name is NULL otherwise.
SELECT CASE %(by)s WHEN 'task' THEN c.task WHEN 'queue' THEN c.queue END AS name,
       date_trunc(%(step)s, c.minute, 'UTC') AS at, c.outcome, c.bucket, sum(c.jobs)::bigint AS jobs, sum(c.seconds) AS seconds
FROM headrace.counters AS c
WHERE c.shard = ANY ('{-1,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}') AND c.outcome <> 'deleted'
  AND c.minute >= %(begin)s AND c.minute < %(end)s
  AND (%(task)s::text IS NULL OR c.task = %(task)s) AND (%(queue)s::text IS NULL OR c.queue = %(queue)s)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
