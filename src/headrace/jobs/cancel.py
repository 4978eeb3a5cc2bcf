"""Cancelling: at once where nothing runs, else by a request, and the job's worker writes the receipt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import JobFinished, NotFound
from headrace.jobs.job import Lease
from headrace.jobs.limits import admit
from headrace.jobs.states import State


async def cancel(conn: Connection, job_id: UUID, *, reason: str = "user", now: datetime | None = None) -> State:
    """Cancel a job; return `cancelled`, or `running` when its worker has yet to stop it.

    Raises `NotFound`, or `JobFinished` if the job has a final state already (which never changes).
    """
    states = await cancel_all(conn, [job_id], reason=reason, now=now)
    if not states:
        await _explain(conn, job_id)
        raise NotFound(f"There is no job {job_id}")
    return states[job_id]


async def cancel_all(
    conn: Connection, job_ids: Collection[UUID], *, reason: str, now: datetime | None = None
) -> dict[UUID, State]:
    """Cancel those of the jobs that have no final state; return their states as `cancel` does.

    Upkeep goes on with the children of a cancelled job, a level at a time.
    """
    params = {"ids": list(job_ids), "reason": reason, "now": now}
    async with conn.transaction():
        rows = await (await conn.execute(query(__package__, "cancel_jobs"), params)).fetchall()
        await admit(conn, {key for _, _, key in rows if key}, now=now)
    return {id_: State(state) for id_, state, _ in rows}


async def find_cancelled(conn: Connection, worker: UUID) -> list[Lease]:
    """Return the leases of a worker's running jobs whose cancellation was requested."""
    cursor = await conn.execute(query(__package__, "find_cancelled"), {"worker": worker})
    return [Lease(id_, fence) for id_, fence in await cursor.fetchall()]


async def _explain(conn: Connection, job_id: UUID) -> None:
    row = await (await conn.execute("SELECT state FROM headrace.jobs WHERE id = %s", (job_id,))).fetchone()
    if row is not None:
        raise JobFinished(f"Job {job_id} is {row[0]} already; a final state never changes")
