-- Notes a call of children, one level below its job, whose row the transaction holds. Answers with the level, and with what
-- the children inherit.
WITH parent AS (
    UPDATE headrace.jobs SET is_parent = true WHERE id = %(parent)s RETURNING id, call_id, owner, tags
), made AS (
    INSERT INTO headrace.job_calls (id, parent_id, depth, fail_fast, children, children_left, limit_key)
    SELECT %(id)s, p.id, coalesce((SELECT c.depth FROM headrace.job_calls AS c WHERE c.id = p.call_id), 0) + 1, %(fail_fast)s,
           %(children)s, %(children_left)s, %(limit_key)s
    FROM parent AS p
    RETURNING depth
)
SELECT made.depth, parent.owner, parent.tags FROM made CROSS JOIN parent
