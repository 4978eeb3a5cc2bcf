-- Takes from each key as many of the requests wanted as its allowance leaves (GCRA), all keys in one statement and locked in
-- their order. Returns how many were granted, and how many seconds of earning the key is ahead.
INSERT INTO headrace.request_rates AS r (key, earned_at, taken_at, spacing, capacity, granted)
SELECT a.key, n.now + a.wanted * a.spacing, n.now, a.spacing, a.capacity, a.wanted
FROM jsonb_to_recordset(%(batch)s::jsonb) AS a (key text, spacing double precision, capacity integer, wanted integer)
CROSS JOIN (SELECT extract(epoch FROM coalesce(%(now)s::timestamptz, clock_timestamp()))::double precision) AS n (now)
ORDER BY a.key
ON CONFLICT (key) DO UPDATE SET
    granted = headrace.rate_granted(r.earned_at, excluded.taken_at, excluded.spacing, excluded.capacity, excluded.granted),
    earned_at = greatest(r.earned_at, excluded.taken_at) + excluded.spacing
        * headrace.rate_granted(r.earned_at, excluded.taken_at, excluded.spacing, excluded.capacity, excluded.granted),
    taken_at = excluded.taken_at,
    spacing = excluded.spacing,
    capacity = excluded.capacity
RETURNING key, granted, earned_at - taken_at
