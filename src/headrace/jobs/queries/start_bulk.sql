-- Enters a bulk action: it takes the jobs that are there now, newest first, beginning below `place`.
INSERT INTO headrace.bulk_actions (id, action, from_step, wanted, place, total, created_at)
VALUES (%(id)s, %(action)s, %(from_step)s, %(wanted)s::jsonb, %(place)s, %(total)s, coalesce(%(now)s::timestamptz, now()))
