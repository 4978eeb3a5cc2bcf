-- Queues blocked jobs of the given keys while there is room under them, soonest first. A statement of its own, because only
-- a new snapshot sees a job that was blocked meanwhile. The keys are locked first and in order, full ones too: a key that
-- looks full may just be losing a job. `ready_at` is now, so one key's old backlog does not overtake others.
WITH held AS (
    SELECT key, capacity, used FROM headrace.limit_keys
    WHERE key = ANY (%(keys)s)
    ORDER BY key
    FOR UPDATE
), chosen AS (
    SELECT j.id FROM held CROSS JOIN LATERAL (
        SELECT id FROM headrace.jobs
        WHERE state = 'blocked' AND (CASE state WHEN 'blocked' THEN limit_key END) = held.key
          AND (CASE state WHEN 'scheduled' THEN run_at END) IS NULL
        ORDER BY (CASE state WHEN 'scheduled' THEN run_at END), priority, id  -- the index's own order, or all are read
        LIMIT held.capacity - held.used
        FOR UPDATE SKIP LOCKED
    ) AS j
    WHERE held.used < held.capacity
), admitted AS (
    UPDATE headrace.jobs
    SET state = 'queued', ready_at = coalesce(%(now)s::timestamptz, now())
    WHERE id = ANY (ARRAY (SELECT id FROM chosen))
    RETURNING id, queue, limit_key
), counted AS (
    UPDATE headrace.limit_keys AS k SET used = k.used + a.jobs
    FROM (SELECT limit_key, count(*) AS jobs FROM admitted GROUP BY limit_key) AS a
    WHERE k.key = a.limit_key
)
SELECT id, queue FROM admitted
