-- Completes the plain jobs of a batch, each at most once, and only by the run that owns it; `finish_jobs` writes the others.
-- Plain is a job whose end moves nothing but a counter: nobody asked to cancel it, it has no limit key, no call that it is a
-- child or the parent of, and no bound on its queue. Fence and counters are as in `finish_jobs`.
-- The batch comes in id order, so `width_bucket` finds the place of a row's id in it by a binary search, and there is one plan
-- only: an index scan, which locks in id order, and which may be kept for good.
WITH written AS (
    UPDATE headrace.jobs AS j
    SET state = 'completed', fence = j.fence + 1, crashes = 0, alone = false, error = NULL,
        finished_at = coalesce(%(now)s::timestamptz, now()),
        result = %(results)s::jsonb -> (width_bucket(j.id, %(ids)s::uuid[]) - 1)
    WHERE j.id = ANY (%(ids)s::uuid[]) AND j.fence = (%(fences)s::bigint[])[width_bucket(j.id, %(ids)s::uuid[])]
      AND j.cancel_requested_at IS NULL AND j.limit_key IS NULL AND j.call_id IS NULL AND NOT j.is_parent
      AND j.queue <> ALL (ARRAY (SELECT name FROM headrace.queues WHERE concurrency IS NOT NULL))
    RETURNING width_bucket(j.id, %(ids)s::uuid[]) AS place, j.task, j.queue,
              greatest(date_part('epoch', j.finished_at - j.started_at), 0) AS seconds,
              headrace.bytes_of(j.stored_bytes, j.input_size, j.result) AS bytes
), ended AS (
    SELECT task, queue, least(ceil(ln(greatest(seconds, 0.001) * 1000) * 2 / ln(2)), 60) AS bucket,
           count(*) AS jobs, sum(seconds) AS seconds, sum(bytes) AS bytes, array_agg(place) AS places
    FROM written
    GROUP BY 1, 2, 3
), counted AS (
    INSERT INTO headrace.counters AS c (shard, minute, task, queue, outcome, bucket, jobs, seconds, bytes)
    SELECT pg_backend_pid() & 7, date_trunc('minute', coalesce(%(now)s::timestamptz, now())), task, queue, 'completed', bucket,
           jobs, seconds, bytes
    FROM ended
    ORDER BY task, queue, bucket
    ON CONFLICT (shard, minute, task, queue, outcome, bucket)
        DO UPDATE SET jobs = c.jobs + excluded.jobs, seconds = c.seconds + excluded.seconds,
                      bytes = c.bytes + excluded.bytes
)
SELECT places FROM ended
