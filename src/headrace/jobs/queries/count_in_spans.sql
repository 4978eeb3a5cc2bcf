-- How many jobs were submitted under a label, counted span by span from the newest until there are more than `cap`.
SELECT coalesce(sum(s.jobs), 0)::bigint FROM (
    SELECT jobs FROM headrace.job_spans WHERE label = %(label)s ORDER BY label DESC, last_ms DESC LIMIT %(cap)s + 1
) AS s
