-- Ends a key.
DELETE FROM headrace.api_keys WHERE id = %(id)s AND (%(user)s::uuid IS NULL OR user_id = %(user)s)
