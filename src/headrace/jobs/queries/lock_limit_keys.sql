-- Locks the limit keys of a submission in their order, making those that are new: from here until the commit nobody admits
-- a job under them, so none is blocked with its key empty. The capacity is what the task declares now.
INSERT INTO headrace.limit_keys AS k (key, capacity)
SELECT b.key, b.capacity FROM json_to_recordset(%(batch)s::json) AS b (key text, capacity integer) ORDER BY b.key
ON CONFLICT (key) DO UPDATE SET capacity = excluded.capacity WHERE k.capacity <> excluded.capacity
