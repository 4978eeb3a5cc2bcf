-- Deletes a saved view.
DELETE FROM headrace.saved_views WHERE user_id = %(user)s AND name = %(name)s
