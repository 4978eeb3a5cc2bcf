-- How many jobs of one final state ended before a moment, counted up to `cap` + 1, and how much they hold, without their
-- children.
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM (
    SELECT headrace.bytes_of(stored_bytes, input_size, result) AS bytes FROM headrace.jobs
    WHERE state = %(state)s AND finished_at IS NOT NULL AND id < %(last_id)s AND finished_at < %(before)s
      AND call_id IS NULL AND NOT (is_parent AND EXISTS (SELECT FROM headrace.jobs_below(id) AS b WHERE NOT b.is_final))
    ORDER BY id
    LIMIT %(cap)s + 1
) AS old
