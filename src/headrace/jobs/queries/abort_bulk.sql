-- Ends a bulk action where it is; what it did stays done.
UPDATE headrace.bulk_actions SET state = 'aborted', finished_at = coalesce(%(now)s::timestamptz, now())
WHERE id = %(id)s AND state = 'running'
