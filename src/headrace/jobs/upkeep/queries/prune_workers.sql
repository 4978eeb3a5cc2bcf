-- Forgets ended workers after a week; running jobs of an ended worker have been rescued long before.
DELETE FROM headrace.workers WHERE ended_at < coalesce(%(now)s::timestamptz, now()) - interval '7 days'
