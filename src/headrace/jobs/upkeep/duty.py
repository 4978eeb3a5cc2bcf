"""The queue's periodic duties: any process may run them, one at a time does, each in its own short transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from headrace.db.connect import Connection, Database
from headrace.db.query import query
from headrace.db.wake import Wakeups

RunOnce: TypeAlias = "Callable[[Connection, datetime | None], Awaitable[Done]]"


@dataclass(frozen=True, slots=True)
class Done:
    """What a duty did: rows touched, and the topics to wake once that is committed."""

    rows: int
    wake: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Duty:
    """A named duty, its period in seconds, and the number of its lock."""

    name: str
    seconds: float
    lock: int
    run_once: RunOnce


async def perform(duty: Duty, database: Database, wakeups: Wakeups, *, now: datetime | None = None) -> int:
    """Run a duty unless another process is at it; return the rows touched."""
    async with database.transaction() as conn:
        row = await (await conn.execute(query(__package__, "take_duty"), {"key": duty.lock})).fetchone()
        if row is None or not row[0]:
            return 0
        done = await duty.run_once(conn, now)
    if done.wake:
        wakeups.mark(set(done.wake))
    return done.rows
