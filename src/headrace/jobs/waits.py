"""Waits in the tables: read by the next run, settled by whoever has the answer or when their time has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson
from psycopg.rows import dict_row

from headrace.db.connect import Connection, note_topics
from headrace.db.execute import AsyncCaller, execute
from headrace.db.query import query
from headrace.db.wake import JOBS, queue_topic
from headrace.errors import NotFound
from headrace.jobs.limits import admit
from headrace.jobs.states import State
from headrace.jobs.wait import Settlement, StoredWait, WaitState


async def fetch_waits(conn: AsyncCaller, job_id: UUID) -> dict[str, StoredWait]:
    """Return the waits that earlier runs of a job opened, by name."""
    rows = await execute(conn, query(__package__, "fetch_waits"), {"id": job_id})
    return {row[1]: StoredWait(row[0], row[1], row[2], WaitState(row[3]), *row[4:]) for row in rows}


async def find_wait(conn: Connection, *, wait_id: UUID | None = None, address: UUID | None = None) -> tuple[UUID, UUID]:
    """Return the ids of a wait and its job, by the wait's id or its address; raises `NotFound`."""
    params = {"id": wait_id, "address": address}
    row = await (await conn.execute(query(__package__, "find_wait"), params)).fetchone()
    if row is None:
        raise NotFound(f"There is no wait {wait_id}" if wait_id else "There is nothing at this address")
    return row[0], row[1]


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


async def close_waits(conn: Connection, job_id: UUID, *, now: datetime | None = None) -> None:
    """Close what a job that has ended left open."""
    await conn.execute(query(__package__, "close_waits"), {"job": job_id, "now": now})


async def list_waits(
    conn: Connection, state: WaitState, kind: str, *, before: UUID, limit: int, owner: str | None = None
) -> list[dict[str, Any]]:
    """Return waits of a state and kind, newest first, older than the id `before`; of one owner's jobs if asked for."""
    return await _rows(conn, "list_waits", state=state, kind=kind, before=before, limit=limit, owner=owner)


async def show_wait(conn: Connection, wait_id: UUID) -> dict[str, Any]:
    """Return a wait; raises `NotFound`."""
    _, job_id = await find_wait(conn, wait_id=wait_id)
    rows = await _rows(conn, "list_job_waits", job=job_id, wait=wait_id)
    if not rows or rows[0]["id"] is None:  # deleted meanwhile
        raise NotFound(f"There is no wait {wait_id}")
    return rows[0]


async def list_job_waits(conn: Connection, job_id: UUID) -> list[dict[str, Any]]:
    """Return the waits of a job, in the order it opened them; raises `NotFound`."""
    rows = await _rows(conn, "list_job_waits", job=job_id, wait=None)
    if not rows:
        raise NotFound(f"There is no job {job_id}")
    return [row for row in rows if row["id"] is not None]


async def _rows(conn: Connection, name: LiteralString, **params: object) -> list[dict[str, Any]]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, name), params)
        return await cursor.fetchall()


def _row(settlement: Settlement) -> dict[str, object]:
    return {
        "id": settlement.wait,
        "state": settlement.state,
        "answer": orjson.Fragment(settlement.answer) if settlement.answer is not None else None,
        "by": settlement.by,
        "comment": settlement.comment,
    }
