"""Retrying by hand: a finished job is submitted anew and inherits its finished steps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import JobUnfinished, NotFound, UniqueConflict
from headrace.ids import new_id
from headrace.jobs.limits import admit


async def retry(conn: Connection, job_id: UUID, *, now: datetime | None = None) -> tuple[UUID, str]:
    """Submit a finished job again; return the new job's id and queue.

    Raises `NotFound`, `JobUnfinished`, or `UniqueConflict` when another unfinished job now holds its unique key.
    """
    new = new_id()
    params = {"old": job_id, "new": new, "now": now}
    try:
        async with conn.transaction():
            row = await (await conn.execute(query(__package__, "retry_job"), params)).fetchone()
            await admit(conn, {row[1]} if row and row[1] else (), now=now)
    except psycopg.errors.UniqueViolation:
        raise UniqueConflict(f"Another unfinished job holds the unique key of job {job_id}; wait for it") from None
    if row is not None:
        return new, row[0]
    row = await (await conn.execute("SELECT state FROM headrace.jobs WHERE id = %s", (job_id,))).fetchone()
    if row is None:
        raise NotFound(f"There is no job {job_id}")
    raise JobUnfinished(f"Job {job_id} is {row[0]}; only a finished job can be retried, cancel it first")
