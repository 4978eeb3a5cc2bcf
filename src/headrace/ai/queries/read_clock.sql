-- The time, not of the transaction's begin but once its locks are held.
SELECT coalesce(%(now)s::timestamptz, clock_timestamp()) AS now
