-- What finished jobs hold: every end adds to the counters, every deletion takes away (the trigger `jobs_deleted`). The size of
-- the table says nothing of it, for deleting never shrinks one.
SELECT coalesce(sum(bytes), 0)::bigint FROM headrace.counters WHERE shard = ANY ('{-2,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}')
