-- Enters a bulk action: it takes the jobs that are there now, newest first, beginning below `place`.
INSERT INTO headrace.bulk_actions (id, action, wanted, place, total, created_at)
VALUES (%(id)s, %(action)s, %(wanted)s::jsonb, %(place)s, %(total)s, coalesce(%(now)s::timestamptz, now()))
