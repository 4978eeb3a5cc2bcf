"""What monitoring reads of the queue, in four short queries: queues, workers, what was counted, what history holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.counters import Point, read_totals
from headrace.jobs.queues import Queue, list_queues
from headrace.jobs.upkeep.retention import held_bytes


@dataclass(frozen=True, slots=True)
class LivingWorker:
    """A worker that nobody declared dead; `lease_left` is negative once its lease ran out."""

    id: UUID
    name: str
    concurrency: int
    running: int
    lease_left: timedelta


@dataclass(frozen=True, slots=True)
class Gauges:
    """The figures of one moment; `counted` is by task and queue, since the beginning; `held_bytes` is of finished jobs."""

    queues: list[Queue]
    workers: list[LivingWorker]
    counted: dict[tuple[str, str], Point]
    held_bytes: int


async def read_gauges(conn: Connection, known: Iterable[str], *, now: datetime | None = None) -> Gauges:
    """Return the figures; `known` are the queues to show though nothing is in them."""
    workers = await read_workers(conn, now=now)
    return Gauges(await list_queues(conn, known, now=now), workers, await read_totals(conn), await held_bytes(conn))


async def read_workers(conn: Connection, *, now: datetime | None = None) -> list[LivingWorker]:
    """Return the workers that nobody declared dead."""
    async with conn.cursor(row_factory=class_row(LivingWorker)) as cursor:
        await cursor.execute(query(__package__, "measure_workers"), {"now": now})
        return await cursor.fetchall()
