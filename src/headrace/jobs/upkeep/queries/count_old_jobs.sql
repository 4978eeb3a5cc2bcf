-- How many jobs of one final state ended before a moment, counted up to `cap` + 1, and how much they hold.
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM (
    SELECT headrace.bytes_of(stored_bytes, input_size, result) AS bytes FROM headrace.jobs
    WHERE state = %(state)s AND finished_at IS NOT NULL AND id < %(last_id)s AND finished_at < %(before)s
    ORDER BY id
    LIMIT %(cap)s + 1
) AS old
