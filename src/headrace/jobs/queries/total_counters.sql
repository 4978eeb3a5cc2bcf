-- What was counted since the beginning: the totals, and the minutes that are not in them yet.
SELECT c.task, c.queue, c.outcome, c.bucket, sum(c.jobs)::bigint AS jobs, sum(c.seconds) AS seconds
FROM headrace.counters AS c
WHERE c.shard = ANY ('{-2,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}') AND c.outcome <> 'deleted'
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
