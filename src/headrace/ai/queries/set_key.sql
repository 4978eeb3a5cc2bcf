-- Puts a provider's sealed key in place of the one before.
INSERT INTO headrace.ai_keys (provider, sealed, last4, set_at)
VALUES (%(provider)s, %(sealed)s, %(last4)s, clock_timestamp())
ON CONFLICT (provider) DO UPDATE SET sealed = excluded.sealed, last4 = excluded.last4, set_at = excluded.set_at
