-- Adds to the record of what was done; nothing is ever changed there, or taken away but by age.
INSERT INTO headrace.audit_log (id, at, actor_kind, actor_id, actor_name, action, target, address, request_id, details)
VALUES (%(id)s, coalesce(%(now)s::timestamptz, now()), %(kind)s, %(actor)s, %(name)s, %(action)s, %(target)s, %(address)s,
        %(request)s, %(details)s::jsonb)
