-- The present state of watched jobs, and the number of their last event: one snapshot, so a state is never read without the
-- events that came before it.
SELECT id, task, queue, state, runs, failures, attempts, event_seq, progress, progress_note, created_at, run_at, started_at,
       finished_at, error, cancellation
FROM headrace.jobs
WHERE id = ANY (%(ids)s)
