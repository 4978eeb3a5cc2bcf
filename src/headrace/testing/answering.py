"""Answering what a job waits for, as somebody outside would."""

from __future__ import annotations

from uuid import UUID

from headrace.jobs.answers import Answer, Receipt
from headrace.jobs.answers import answer as give
from headrace.jobs.waits import list_job_waits
from headrace.json import encode, parse
from headrace.runtime import Runtime


async def answer(
    runtime: Runtime, job_id: UUID, name: str, value: object, *, by: str | None = None, comment: str | None = None
) -> Receipt:
    """Answer the job's wait of this name with a value that JSON can hold, or a model; raises as a callback would be told."""
    async with runtime.database.connection() as conn:
        waits = {row["name"]: row["id"] for row in await list_job_waits(conn, job_id)}
    if name not in waits:
        raise LookupError(f"The job does not wait for {name!r}; it waits for {', '.join(waits) or 'nothing'}")
    given = Answer(value=parse(encode(value)), by=by, comment=comment)
    return await give(runtime.database, given, wait_id=waits[name], now=runtime.clock.now)
