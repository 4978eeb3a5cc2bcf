-- Deletes the oldest jobs of one final state that ended before a moment, with their steps, events, runs and AI calls. Ids rise
-- with the time of submission, so the scan along the index of finished jobs ends at the id of that moment.
WITH old AS (
    SELECT id FROM headrace.jobs
    WHERE state = %(state)s AND finished_at IS NOT NULL AND id < %(last_id)s AND finished_at < %(before)s
    ORDER BY id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM headrace.jobs WHERE id = ANY (ARRAY (SELECT id FROM old))
