-- Bulk actions, newest first; one of them, or those on an owner's jobs, if asked for.
SELECT id, action, from_step, state, wanted - 'ids' AS wanted, coalesce(jsonb_array_length(wanted -> 'ids'), 0) AS named, total, done, skipped, created_at, finished_at FROM headrace.bulk_actions
WHERE (%(id)s::uuid IS NULL OR id = %(id)s) AND (%(owner)s::text IS NULL OR wanted ->> 'owner' = %(owner)s)
ORDER BY id DESC LIMIT 100
