-- Everything about one job.
SELECT j.id, j.task, j.queue, j.state, j.priority, j.owner, j.unique_key, j.tags, j.runs AS run, j.failures, j.attempts, j.crashes,
       j.progress, j.progress_note, j.event_seq AS events, j.created_at, j.run_at, j.ready_at, j.started_at, j.finished_at,
       j.cancel_requested_at, j.retry_of, j.input, j.result, j.error, j.cancellation, j.cost_nano_usd,
       j.input_tokens, j.output_tokens, (SELECT c.parent_id FROM headrace.job_calls AS c WHERE c.id = j.call_id) AS parent_id,
       (SELECT json_build_object('count', coalesce(sum(c.children), 0), 'unfinished', coalesce(sum(c.children_left), 0),
                                 'failed', coalesce(sum(c.failures), 0))
        FROM headrace.job_calls AS c WHERE j.is_parent AND c.parent_id = j.id) AS children
FROM headrace.jobs AS j
WHERE j.id = %(id)s
