-- Deletes the rates of keys that were not used for so long, and owe nothing.
DELETE FROM headrace.request_rates
WHERE greatest(earned_at, taken_at) < extract(epoch FROM coalesce(%(now)s::timestamptz, now()) - %(age)s::interval)
