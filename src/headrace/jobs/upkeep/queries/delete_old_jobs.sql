-- Deletes the oldest jobs of one final state that ended before a moment, with their steps, events, runs and AI calls. Ids rise
-- with the time of submission, so the scan along the index of finished jobs ends at the id of that moment. Children go with the job at the root of their
-- tree (a trigger deletes them), once none below it is left.
WITH old AS (
    SELECT id FROM headrace.jobs
    WHERE state = %(state)s AND finished_at IS NOT NULL AND id < %(last_id)s AND finished_at < %(before)s
      AND call_id IS NULL AND NOT (is_parent AND EXISTS (SELECT FROM headrace.jobs_below(id) AS b WHERE NOT b.is_final))
    ORDER BY id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM headrace.jobs WHERE id = ANY (ARRAY (SELECT id FROM old))
