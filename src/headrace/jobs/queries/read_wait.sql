-- One wait as it stands, and whether this answer is the one it has.
SELECT w.state, w.kind, w.name, w.schema, w.settled_at, w.due_at <= coalesce(%(now)s::timestamptz, now()) AS is_late,
       w.answer IS NOT DISTINCT FROM %(answer)s::jsonb AS is_same
FROM headrace.waits AS w WHERE w.id = %(id)s
