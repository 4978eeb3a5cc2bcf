-- Locks the administrators that can sign in, in id order, so that two changes at once can't take away the last one.
SELECT id FROM headrace.users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE
