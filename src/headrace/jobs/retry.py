"""Submitting a finished job anew: as a new job, which inherits its finished steps, all of them or the first ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import JobUnfinished, NotFound, UniqueConflict
from headrace.ids import new_id
from headrace.jobs.job import Submission
from headrace.jobs.limits import admit, lock_keys
from headrace.jobs.states import State


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """The job that was made of a finished one."""

    id: UUID
    task: str
    queue: str
    state: State


async def retry(
    conn: Connection,
    job_id: UUID,
    *,
    before: int | None = None,
    changed: Submission | None = None,
    now: datetime | None = None,
) -> Resubmitted:
    """Submit a finished job again, with the steps whose number is below `before` (`None`: all), and the input of `changed`.

    Raises `NotFound`, `JobUnfinished`, or `UniqueConflict` when another unfinished job now holds its unique key.
    """
    new = new_id()
    params = {"old": job_id, "new": new, "before": before, "now": now, **_input_of(changed)}
    try:
        async with conn.transaction():
            if changed is not None and changed.limit_key:
                await lock_keys(conn, [changed.limit_key])
            row = await (await conn.execute(query(__package__, "retry_job"), params)).fetchone()
            if row is None:
                raise await why_not(conn, job_id)
            task, queue, state, limit_key = row
            if limit_key is not None and await admit(conn, {limit_key}, now=now):
                state = await _state_of(conn, new)
    except psycopg.errors.UniqueViolation:
        raise UniqueConflict(f"Another unfinished job holds the unique key of job {job_id}; wait for it") from None
    return Resubmitted(new, task, queue, State(state))


async def why_not(conn: Connection, job_id: UUID) -> NotFound | JobUnfinished:
    """Return what is to be said of a job that can't be submitted anew."""
    state = await _state_of(conn, job_id)
    if state is None:
        return NotFound(f"There is no job {job_id}")
    return JobUnfinished(f"Job {job_id} is {state}; only a finished job can be retried, cancel it first")


def _input_of(changed: Submission | None) -> dict[str, object]:
    if changed is None:
        return {"input": None, "input_size": None, "limit_key": None}
    key = changed.limit_key.key if changed.limit_key else None
    return {"input": changed.input.decode(), "input_size": len(changed.input), "limit_key": key}


async def _state_of(conn: Connection, job_id: UUID) -> str | None:
    row = await (await conn.execute("SELECT state FROM headrace.jobs WHERE id = %s", (job_id,))).fetchone()
    return row[0] if row else None
