-- Marks the unfinished calls of jobs that have ended as due, so that their children are cancelled. The end itself marks those that
-- it sees; one that was opened at the same moment, it may not see.
UPDATE headrace.job_calls SET is_due = true
WHERE id = ANY (ARRAY (
    SELECT id FROM headrace.job_calls
    WHERE parent_id = ANY (%(parents)s) AND children_left > 0 AND NOT is_due
    ORDER BY id
    FOR UPDATE
))
