-- Declares workers dead whose lease ran out. A worker with an uncommitted claim is skipped (its row is share-locked) and
-- found at the next sweep, so no claim slips past the rescue.
UPDATE headrace.workers
SET state = 'dead', ended_at = coalesce(%(now)s::timestamptz, now())
WHERE id = ANY (ARRAY (
    SELECT id FROM headrace.workers
    WHERE state IN ('live', 'stopping') AND lease_until < coalesce(%(now)s::timestamptz, now())
    ORDER BY id
    FOR UPDATE SKIP LOCKED
))
