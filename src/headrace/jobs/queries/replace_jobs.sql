-- Gives jobs that have not begun the input, priority, tags, owner and start of the submission that takes their place; one
-- that runs, or ended meanwhile, is left as it is and does not come back. Rows are locked in id order.
WITH successor AS (
    SELECT * FROM json_to_recordset(%(batch)s::json) AS b (
        holder uuid, priority smallint, input_size integer, run_at timestamptz, delay double precision, owner text,
        tags text[], input jsonb)
), held AS (
    SELECT j.id FROM headrace.jobs AS j
    WHERE j.id = ANY (ARRAY (SELECT holder FROM successor)) AND j.state IN ('scheduled', 'queued', 'blocked')
    ORDER BY j.id
    FOR UPDATE
)
UPDATE headrace.jobs AS j
SET input = coalesce(b.input, 'null'), input_size = b.input_size, priority = coalesce(b.priority, 0), owner = b.owner,
    tags = coalesce(b.tags, '{}'),
    run_at = CASE WHEN j.state = 'scheduled'
                  THEN coalesce(greatest(b.run_at, t.now + make_interval(secs => b.delay)), t.now) ELSE j.run_at END
FROM successor AS b JOIN held AS h ON h.id = b.holder
CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
WHERE j.id = h.id
RETURNING j.id
