-- Adds the finished jobs of these numbers, the newest last, half a second apart: one in ten failed, one in twenty cancelled
-- before it began, one task and one tag are rare, all else is spread evenly. Ids carry the time.
INSERT INTO headrace.jobs (id, task, queue, state, attempts, runs, fence, input_size, created_at, ready_at, started_at,
                           finished_at, cancel_requested_at, owner, tags, input, result, error, cancellation)
SELECT (lpad(to_hex(floor(extract(epoch FROM t.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
        || '8' || substr(md5(n::text), 4, 15))::uuid,
       CASE WHEN n %% 50000 = 7 THEN 'demo.rare' ELSE 'demo.task_' || n %% 40 END, 'demo_' || n %% 10, k.state, 3,
       (k.state <> 'cancelled')::integer, CASE k.state WHEN 'cancelled' THEN 1 ELSE 2 END, 200, t.at, t.at,
       CASE WHEN k.state <> 'cancelled' THEN t.at END, t.at + n %% 100 * interval '1 s',
       CASE WHEN k.state = 'cancelled' THEN t.at + n %% 100 * interval '1 s' END, 'owner ' || n %% 1000,
       ARRAY['tag ' || n %% 100] || CASE WHEN n %% 50000 = 7 THEN ARRAY['rare'] ELSE '{}' END,
       jsonb_build_object('number', n, 'text', repeat('x', 170)), CASE k.state WHEN 'completed' THEN 'null'::jsonb END,
       CASE k.state WHEN 'failed' THEN '{"code": "exception", "message": "The mill stood still",
                                         "type": "builtins.RuntimeError"}'::jsonb END,
       CASE k.state WHEN 'cancelled' THEN
           '{"reason": "user", "stopped": "before_start", "took_ms": 0, "billed_nano_usd": 0}'::jsonb END
FROM generate_series(%(first)s::integer, %(last)s) AS n
CROSS JOIN LATERAL (
    SELECT coalesce(%(now)s::timestamptz, now()) - (%(all)s - n) * interval '0.5 s' - interval '2 minutes'
) AS t (at)
CROSS JOIN LATERAL (
    SELECT CASE WHEN n %% 10 = 3 THEN 'failed' WHEN n %% 20 = 8 THEN 'cancelled' ELSE 'completed' END
) AS k (state)
RETURNING id
