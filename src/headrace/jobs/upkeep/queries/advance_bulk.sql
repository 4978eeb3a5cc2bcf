-- Notes how far a bulk action has come, in the transaction of what it did; without a further place it is over.
UPDATE headrace.bulk_actions
SET done = done + %(done)s, skipped = skipped + %(skipped)s, place = coalesce(%(place)s, place),
    state = CASE WHEN %(place)s::uuid IS NULL THEN 'completed' ELSE state END,
    finished_at = CASE WHEN %(place)s::uuid IS NULL THEN coalesce(%(now)s::timestamptz, now()) END
WHERE id = %(id)s
