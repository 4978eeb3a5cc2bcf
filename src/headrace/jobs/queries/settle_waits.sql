-- Settles open waits, each at most once, and queues the jobs that are parked. The jobs' rows are locked by a statement
-- before, in the same transaction: only so is this snapshot newer than a park that came first, and a park that comes later
-- sees what is settled here. An answer is stored as a step, so that the next run finds it; events are numbered without gap.
-- A job with a limit key is blocked, and `admit_blocked` (the next statement) decides.
-- The waits are named by id alone: joined with the batch, all waits may be read.
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(batch)s::json) AS g (id uuid, state text, answer jsonb, by text, comment text)
), settled AS (
    UPDATE headrace.waits AS w
    SET settled_at = coalesce(%(now)s::timestamptz, now()),
        (state, answer, answered_by, comment) = (
            SELECT g.state, g.answer, g.by, g.comment FROM given AS g WHERE g.id = w.id LIMIT 1)
    WHERE w.id = ANY (ARRAY (SELECT id FROM given)) AND w.settled_at IS NULL
    RETURNING w.job_id, w.name, w.seq, w.kind, w.state, w.args_hash, w.place, w.opened_at, w.settled_at, w.answer,
              w.answered_by, w.comment
), told AS (
    SELECT s.*, j.runs, j.event_seq + row_number() OVER (PARTITION BY s.job_id ORDER BY s.seq) AS event
    FROM settled AS s JOIN headrace.jobs AS j ON j.id = s.job_id
    WHERE s.state <> 'closed'
), step AS (
    INSERT INTO headrace.job_steps (job_id, name, seq, run, args_hash, place, result, started_at, finished_at)
    SELECT job_id, name, seq, runs, args_hash, place, answer, opened_at, settled_at FROM told WHERE state = 'answered'
), event AS (
    INSERT INTO headrace.job_events (job_id, seq, at, type, data)
    SELECT job_id, event, settled_at, 'wait', jsonb_strip_nulls(jsonb_build_object(
        'name', name, 'kind', kind, 'state', state, 'by', answered_by, 'comment', comment))
    FROM told
)
UPDATE headrace.jobs AS j
SET event_seq = t.event,
    stored_bytes = j.stored_bytes + t.bytes,
    crashes = CASE WHEN t.is_step THEN 0 ELSE j.crashes END,
    state = CASE WHEN j.state <> 'waiting' THEN j.state WHEN j.limit_key IS NULL THEN 'queued' ELSE 'blocked' END,
    ready_at = CASE WHEN j.state = 'waiting' AND j.limit_key IS NULL THEN t.settled_at ELSE j.ready_at END
FROM (
    SELECT job_id, max(event)::integer AS event, max(settled_at) AS settled_at, bool_or(state = 'answered') AS is_step,
           sum(200 + coalesce(octet_length(answer::text), 0)) AS bytes
    FROM told GROUP BY job_id
) AS t
WHERE j.id = t.job_id
RETURNING j.state, j.queue, j.limit_key
