"""Queues: what waits in them, since when, who serves them, and their pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import NotFound
from headrace.jobs.limits import Rate
from headrace.jobs.tally import CAP, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue as it stands: ready jobs, the moment the oldest became ready and its age, live workers that serve it."""

    name: str
    paused: bool
    concurrency: int | None
    spacing: timedelta | None
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
            concurrency=row["concurrency"],
            spacing=timedelta(seconds=row["seconds_each"]) if row["seconds_each"] else None,
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
    return await _change(conn, name, known, "pause_queue", {"paused": paused}, now)


async def set_limits(
    conn: Connection,
    name: str,
    known: Iterable[str],
    *,
    concurrency: int | None,
    rate: Rate | None,
    now: datetime | None = None,
) -> Queue:
    """Bound how many jobs of a queue run at once, and space its claims; `None` lifts a limit. Raises `NotFound`."""
    seconds = rate.spacing.total_seconds() if rate else None
    return await _change(conn, name, known, "limit_queue", {"concurrency": concurrency, "seconds_each": seconds}, now)


async def _change(  # noqa: PLR0917 - the one place where queues change
    conn: Connection, name: str, known: Iterable[str], statement: str, params: dict[str, object], now: datetime | None
) -> Queue:
    known = set(known)
    if not await list_queues(conn, known, name=name, now=now):
        raise NotFound(f"There is no queue {name!r}: no task, worker or ready job names it")
    await conn.execute(query(__package__, statement), {"name": name, **params})
    [queue] = await list_queues(conn, known, name=name, now=now)
    return queue
