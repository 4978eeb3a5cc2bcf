-- Bounds the calls to a provider, if nothing does yet, with those that are open counted in.
INSERT INTO headrace.ai_limits (name, concurrency, requests_per_minute, in_use, declared)
SELECT %(name)s, %(concurrency)s, %(requests)s,
       (SELECT count(*) FROM headrace.ai_calls WHERE state = 'open' AND provider = %(name)s), false
ON CONFLICT DO NOTHING
