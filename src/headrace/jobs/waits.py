"""Waits in the tables: read by the next run, settled by whoever has the answer or when their time has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from headrace.db.connect import Connection, note_topics
from headrace.db.execute import AsyncCaller, execute
from headrace.db.query import query
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.limits import admit
from headrace.jobs.states import State
from headrace.jobs.wait import Settlement, StoredWait, WaitState


async def fetch_waits(conn: AsyncCaller, job_id: UUID) -> dict[str, StoredWait]:
    """Return the waits that earlier runs of a job opened, by name."""
    rows = await execute(conn, query(__package__, "fetch_waits"), {"id": job_id})
    return {row[1]: StoredWait(row[0], row[1], row[2], WaitState(row[3]), *row[4:]) for row in rows}


async def lock_jobs(conn: Connection, job_ids: Collection[UUID]) -> dict[UUID, State]:
    """Lock jobs until the transaction ends, and return their states."""
    cursor = await conn.execute(query(__package__, "lock_jobs"), {"ids": sorted(job_ids)})
    return {id_: State(state) for id_, state in await cursor.fetchall()}


async def settle(conn: Connection, settlements: Sequence[Settlement], *, now: datetime | None = None) -> int:
    """Settle waits that are open, and queue their jobs if they are parked; return how many jobs were told.

    The caller has locked the jobs (`lock_jobs`) earlier in this transaction, or a wake-up may be lost.
    """
    params = {"batch": orjson.dumps([_row(settlement) for settlement in settlements]).decode(), "now": now}
    rows = await (await conn.execute(query(__package__, "settle_waits"), params)).fetchall()
    await admit(conn, {key for state, _, key in rows if state == State.BLOCKED}, now=now)
    if rows:
        note_topics(conn, {queue_topic(queue) for state, queue, _ in rows if state == State.QUEUED} | {JOBS})
    return len(rows)


def _row(settlement: Settlement) -> dict[str, object]:
    return {
        "id": settlement.wait,
        "state": settlement.state,
        "answer": orjson.Fragment(settlement.answer) if settlement.answer is not None else None,
        "by": settlement.by,
        "comment": settlement.comment,
    }
