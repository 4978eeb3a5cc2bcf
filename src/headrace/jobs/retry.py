"""Submitting a finished job anew: as a new job, which inherits its finished steps, all of them or the first ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson

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
    async with conn.transaction():
        if changed is not None and changed.limit_key:
            await lock_keys(conn, [changed.limit_key])
        found = await _resubmit(conn, {job_id: before}, changed, now)
        if job_id not in found:
            raise await why_not(conn, job_id)
        job = found[job_id]
        if job is None:
            raise UniqueConflict(f"Another unfinished job holds the unique key of job {job_id}; wait for it")
        return replace(job, state=State(await _state_of(conn, job.id) or job.state))


async def retry_all(
    conn: Connection, before: Mapping[UUID, int | None], *, now: datetime | None = None
) -> list[Resubmitted]:
    """Submit finished jobs again, each as `retry` does; those it would raise an error for are left out.

    A job that found room under its limit key may still be called blocked.
    """
    async with conn.transaction():
        found = await _resubmit(conn, before, None, now)
    return [job for job in found.values() if job is not None]


async def why_not(conn: Connection, job_id: UUID) -> NotFound | JobUnfinished:
    """Return what is to be said of a job that can't be submitted anew."""
    state = await _state_of(conn, job_id)
    if state is None:
        return NotFound(f"There is no job {job_id}")
    return JobUnfinished(f"Job {job_id} is {state}; only a finished job can be retried, cancel it first")


async def _resubmit(
    conn: Connection, before: Mapping[UUID, int | None], changed: Submission | None, now: datetime | None
) -> dict[UUID, Resubmitted | None]:
    """Return the new jobs by the old ones that are finished; `None` where a unique key is held."""
    batch = [{"place": n, "old": id_, "new": new_id(), "before": seq} for n, (id_, seq) in enumerate(before.items())]
    params = {"batch": orjson.dumps(batch).decode(), "now": now, **_input_of(changed)}
    rows = await (await conn.execute(query(__package__, "retry_jobs"), params)).fetchall()
    await admit(conn, {key for *_, key in rows if key is not None}, now=now)
    return {
        old: Resubmitted(new, task, queue, State(state)) if new is not None else None
        for old, task, queue, new, state, _ in rows
    }


def _input_of(changed: Submission | None) -> dict[str, object]:
    if changed is None:
        return {"input": None, "input_size": None, "limit_key": None}
    key = changed.limit_key.key if changed.limit_key else None
    return {"input": changed.input.decode(), "input_size": len(changed.input), "limit_key": key}


async def _state_of(conn: Connection, job_id: UUID) -> str | None:
    row = await (await conn.execute("SELECT state FROM headrace.jobs WHERE id = %s", (job_id,))).fetchone()
    return row[0] if row else None
