-- Keeps the last answer that an open wait refused, and tells of the first twenty. The job's row is locked before.
WITH refused AS (
    UPDATE headrace.waits AS w SET refusals = w.refusals + 1, refused = %(refused)s::jsonb
    WHERE w.id = %(id)s AND w.settled_at IS NULL
    RETURNING w.job_id, w.name, w.kind, w.refusals
), told AS (
    SELECT r.*, j.event_seq + 1 AS event FROM refused AS r JOIN headrace.jobs AS j ON j.id = r.job_id WHERE r.refusals <= 20
), event AS (
    INSERT INTO headrace.job_events (job_id, seq, at, type, data)
    SELECT job_id, event, coalesce(%(now)s::timestamptz, now()), 'wait', jsonb_strip_nulls(jsonb_build_object(
        'name', name, 'kind', kind, 'state', 'refused', 'by', %(by)s::text, 'comment', %(why)s::text))
    FROM told
)
UPDATE headrace.jobs AS j SET event_seq = t.event, stored_bytes = j.stored_bytes + 300 FROM told AS t WHERE j.id = t.job_id
