-- Cancels a job that has no final state: at once where nothing runs, by a request where a worker holds it (the worker then
-- writes the final state and the receipt, so the fence does not rise). Asking again keeps the first request.
UPDATE headrace.jobs AS j
SET state = CASE WHEN j.state = 'running' THEN j.state ELSE 'cancelled' END,
    fence = CASE WHEN j.state = 'running' THEN j.fence ELSE j.fence + 1 END,
    finished_at = CASE WHEN j.state = 'running' THEN NULL ELSE t.now END,
    cancel_requested_at = coalesce(j.cancel_requested_at, t.now),
    cancellation = coalesce(j.cancellation, jsonb_build_object('reason', %(reason)s::text, 'requested_at', t.now)
        || CASE WHEN j.state = 'running' THEN '{}' ELSE '{"stopped": "before_start", "took_ms": 0}'::jsonb END)
FROM (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
WHERE j.id = %(id)s AND j.finished_at IS NULL
RETURNING j.state
