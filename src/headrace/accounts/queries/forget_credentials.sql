-- Deletes what has ended: sessions, links, second factors that nobody confirmed within a day.
WITH t AS (SELECT coalesce(%(now)s::timestamptz, now()) AS now),
     sessions AS (
         DELETE FROM headrace.sessions USING t
         WHERE expires_at < t.now OR (kind = 'browser' AND last_used_at < t.now - %(idle)s::interval)
         RETURNING 1
     ),
     links AS (DELETE FROM headrace.account_links USING t WHERE expires_at < t.now RETURNING 1),
     shown AS (DELETE FROM headrace.job_links USING t WHERE expires_at < t.now RETURNING 1),
     begun AS (
         DELETE FROM headrace.second_factors USING t
         WHERE confirmed_at IS NULL AND created_at < t.now - interval '1 day'
         RETURNING 1
     ),
     gone AS (
         SELECT 1 FROM sessions UNION ALL SELECT 1 FROM links UNION ALL SELECT 1 FROM shown UNION ALL SELECT 1 FROM begun
     )
SELECT count(*) FROM gone
