-- Stores steps and events of running jobs, and opens waits: only for the run that owns its job (others' ids don't come back), events
-- numbered 1, 2, 3 … without a gap under the job's row lock. Rows are locked in id order. A new step clears the crash count.
-- An entry that is sent again because the answer to its COMMIT was lost is recognised as the job's last write: its id comes
-- back, nothing is stored twice.
WITH entry AS (
    SELECT * FROM json_to_recordset(%(batch)s::json) AS e (
        id uuid, fence bigint, write uuid, events json, steps json, waits json, progress real, note text)
), held AS (
    SELECT j.id, j.fence, j.event_seq, j.runs, j.last_write
    FROM headrace.jobs AS j JOIN entry AS e ON e.id = j.id AND e.fence = j.fence
    WHERE j.id = ANY (ARRAY (SELECT id FROM entry))
    ORDER BY j.id
    FOR UPDATE OF j
), owned AS (
    SELECT e.*, h.event_seq, h.runs FROM entry AS e JOIN held AS h ON h.id = e.id AND h.fence = e.fence
    WHERE (h.last_write = e.write) IS NOT TRUE
), moved AS (
    UPDATE headrace.jobs AS j
    SET event_seq = j.event_seq + json_array_length(o.events),
        stored_bytes = j.stored_bytes + octet_length(o.events::text) + octet_length(o.steps::text)
            + coalesce(octet_length(o.waits::text), 0),
        last_write = coalesce(o.write, j.last_write),
        progress = coalesce(o.progress, j.progress),
        progress_note = CASE WHEN o.progress IS NULL THEN j.progress_note ELSE o.note END,
        crashes = CASE WHEN json_array_length(o.steps) > 0 THEN 0 ELSE j.crashes END
    FROM owned AS o
    WHERE j.id = o.id
), step AS (
    INSERT INTO headrace.job_steps (job_id, name, kind, seq, place, run, args_hash, result, started_at, finished_at)
    SELECT o.id, s.name, s.kind, s.seq, s.place, o.runs, s.args_hash, s.result,
           coalesce(%(now)s::timestamptz, now()) - make_interval(secs => s.took), coalesce(%(now)s::timestamptz, now())
    FROM owned AS o CROSS JOIN LATERAL json_to_recordset(o.steps)
        AS s (name text, kind text, seq integer, place integer, args_hash text, result jsonb, took double precision)
), wait AS (
    INSERT INTO headrace.waits (id, job_id, name, seq, kind, args_hash, place, address, schema, opened_at, due_at)
    SELECT w.id, o.id, w.name, w.seq, w.kind, w.args_hash, w.place, w.address, w.schema, t.now,
           coalesce(w.due_at, t.now + make_interval(secs => w.seconds))
    FROM owned AS o
    CROSS JOIN (SELECT coalesce(%(now)s::timestamptz, now()) AS now) AS t
    CROSS JOIN LATERAL json_to_recordset(o.waits)
        AS w (id uuid, name text, seq integer, kind text, args_hash text, place integer, address uuid, schema jsonb,
              seconds double precision, due_at timestamptz)
), event AS (
    INSERT INTO headrace.job_events (job_id, seq, at, type, data)
    SELECT o.id, o.event_seq + v.n,
           coalesce(%(now)s::timestamptz, now()) - make_interval(secs => greatest(%(monotonic)s::float8 - v.told_at, 0)),
           v.type, v.data
    FROM owned AS o CROSS JOIN LATERAL
        ROWS FROM (json_to_recordset(o.events) AS (type text, at double precision, data jsonb)) WITH ORDINALITY
            AS v (type, told_at, data, n)
)
SELECT json_agg(id)::text FROM held
