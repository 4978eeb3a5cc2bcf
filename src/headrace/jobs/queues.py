"""Queues: what waits in them, since when, who serves them, and their pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import NotFound
from headrace.jobs.tally import CAP, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue as it stands: ready jobs, the moment the oldest became ready and its age, live workers that serve it."""

    name: str
    paused: bool
    workers: int
    depth: Tally
    oldest_ready_at: datetime | None
    oldest_age: timedelta | None


async def list_queues(
    conn: Connection, known: Iterable[str], *, name: str | None = None, now: datetime | None = None
) -> list[Queue]:
    """Return the `known` queues and those the database knows of, by name; only the one called `name` if given."""
    params = {"known": sorted(set(known)), "name": name, "cap": CAP, "now": now}
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "list_queues"), params)
        rows = await cursor.fetchall()
    return [
        Queue(
            name=row["name"],
            paused=row["paused"],
            workers=row["workers"],
            depth=Tally.of(row["depth"]),
            oldest_ready_at=row["oldest"],
            oldest_age=row["oldest_age"],
        )
        for row in rows
    ]


async def set_pause(
    conn: Connection, name: str, known: Iterable[str], *, paused: bool, now: datetime | None = None
) -> Queue:
    """Pause a queue (running jobs go on, no more are claimed) or let it go on; `NotFound` if there is no such queue."""
    if not await list_queues(conn, known, name=name, now=now):
        raise NotFound(f"There is no queue {name!r}: no task, worker or ready job names it")
    await conn.execute(query(__package__, "pause_queue"), {"name": name, "paused": paused})
    [queue] = await list_queues(conn, known, name=name, now=now)
    return queue
