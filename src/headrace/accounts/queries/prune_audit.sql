-- Deletes the oldest entries from before a moment, none younger than 30 days; the function alone may.
SELECT headrace.prune_audit_log(
    coalesce(%(now)s::timestamptz, now()) - %(keep)s::interval, %(last_id)s::uuid, %(most)s::integer
)
