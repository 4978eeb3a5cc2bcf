-- The first children of a job in the order in which its calls were opened, up to an event of the job's: what is called later
-- stands behind, so that a child's number never changes.
SELECT m.child_id, w.name, m.place
FROM headrace.job_events AS e
JOIN headrace.waits AS w ON w.job_id = e.job_id AND w.name = e.data ->> 'name'
JOIN headrace.job_children AS m ON m.call_id = w.id
WHERE e.job_id = %(id)s AND e.seq <= %(until)s AND e.type = 'wait' AND e.data ->> 'kind' = 'children'
  AND e.data ->> 'state' = 'open'
ORDER BY e.seq, m.place
LIMIT %(most)s
