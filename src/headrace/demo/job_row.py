"""The row of a told job in `headrace.jobs`."""

from __future__ import annotations

from headrace.demo.fault import stored_error
from headrace.demo.rows import Row
from headrace.demo.tale import Tale
from headrace.jobs.states import State
from headrace.json import dumps


def job_row(tale: Tale) -> Row:
    """Return the job as it stands where its tale has come to."""
    job = tale.submission
    return {
        "id": job.id,
        "task": job.task,
        "queue": job.queue,
        "state": tale.state,
        "priority": job.priority,
        "attempts": job.attempts,
        "failures": tale.failures,
        "crashes": tale.crashes,
        "runs": tale.runs,
        "fence": tale.fence,
        "event_seq": len(tale.rows("job_events")),
        "input_size": len(job.input),
        **dict(zip(("progress", "progress_note"), tale.told, strict=True)),
        "worker_id": tale.worker,
        "retry_of": tale.retry_of,
        "created_at": tale.created_at,
        "planned_at": job.planned_at,
        "run_at": tale.run_at,
        "ready_at": tale.ready_at,
        "started_at": tale.started_at,
        "finished_at": tale.finished_at,
        "cancel_requested_at": tale.cancel_requested_at,
        "owner": job.owner,
        "unique_key": job.unique_key,
        "limit_key": job.limit_key.key if job.limit_key else None,
        "call_id": job.call_id,
        "is_parent": tale.is_parent,
        "tags": list(job.tags),
        "input": job.input.decode(),
        "result": dumps(tale.result) if tale.state is State.COMPLETED else None,
        "error": stored_error(tale.error),
        "cancellation": dumps(tale.cancellation) if tale.cancellation else None,
        "stored_bytes": tale.stored_bytes,
        **tale.sums(),
    }
