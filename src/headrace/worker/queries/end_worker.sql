-- Moves a worker on: `stopping` claims nothing more, `stopped` holds nothing any more. A dead one stays dead.
UPDATE headrace.workers
SET state = %(state)s, ended_at = CASE WHEN %(state)s = 'stopped' THEN clock_timestamp() END
WHERE id = %(id)s AND state IN ('live', 'stopping')
