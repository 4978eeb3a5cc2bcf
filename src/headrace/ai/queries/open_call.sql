-- Records that a provider is about to be asked: an answer that gets lost has a row, whatever happens to the worker.
INSERT INTO headrace.ai_calls (id, job_id, fence, run, step, provider, model, state, started_at)
VALUES (%(id)s, %(job_id)s, %(fence)s, %(run)s, %(step)s, %(provider)s, %(model)s, 'open', clock_timestamp())
