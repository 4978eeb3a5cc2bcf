-- Finds the answer that is kept under a key, if it is no older than the caller takes it.
SELECT sealed FROM headrace.ai_answers
WHERE key = %(key)s
  AND answered_at > coalesce(%(now)s::timestamptz, now()) - %(age)s
  AND expires_at > coalesce(%(now)s::timestamptz, now())
