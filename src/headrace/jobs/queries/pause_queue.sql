-- Pauses a queue or lets it go on; doing it twice changes nothing. Claims read the flag with every statement.
INSERT INTO headrace.queues (name, paused) VALUES (%(name)s, %(paused)s)
ON CONFLICT (name) DO UPDATE SET paused = excluded.paused
