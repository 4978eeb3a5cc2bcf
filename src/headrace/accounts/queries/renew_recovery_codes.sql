-- Exchanges a user's recovery codes for new ones.
WITH gone AS (DELETE FROM headrace.recovery_codes WHERE user_id = %(user)s)
INSERT INTO headrace.recovery_codes (user_id, code_hash)
SELECT %(user)s, unnest(%(hashes)s::bytea[])
