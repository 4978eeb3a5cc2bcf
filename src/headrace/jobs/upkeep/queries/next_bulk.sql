-- The oldest bulk action that is not over and that nobody else works on; its row stays locked until the commit.
SELECT id, action, from_step, wanted, place FROM headrace.bulk_actions WHERE state = 'running' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
