-- Makes or changes a limit; a new one begins with the calls that are open. The table is locked (`block_limits`).
INSERT INTO headrace.ai_limits (name, concurrency, requests_per_minute, tokens_per_minute, declared, in_use)
VALUES (%(name)s, %(concurrency)s, %(requests_per_minute)s, %(tokens_per_minute)s, false, (
    SELECT count(*) FROM headrace.ai_calls
    WHERE state = 'open' AND (provider = %(name)s OR provider || ':' || model = %(name)s)))
ON CONFLICT (name) DO UPDATE SET
    concurrency = excluded.concurrency, requests_per_minute = excluded.requests_per_minute,
    tokens_per_minute = excluded.tokens_per_minute, declared = false
