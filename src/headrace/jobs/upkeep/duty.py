"""The queue's periodic duties: any process may run them, one at a time does, each in its own short transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from headrace.clock import Clock
from headrace.db.connect import BROKEN, Connection, Database
from headrace.db.query import query
from headrace.db.wake import Wakeups

# What a duty that goes on leaves of the database to others, between two runs.
BREATH = 0.02

RunOnce: TypeAlias = "Callable[[Connection, datetime | None], Awaitable[Done]]"


@dataclass(frozen=True, slots=True)
class Done:
    """What a duty did: rows touched, and the topics to wake once that is committed."""

    rows: int
    wake: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Duty:
    """A named duty, its period in seconds, and the number of its lock.

    After the database was away it holds off for `grace` seconds. One that `goes_on` runs again soon while it finds
    something to do, instead of after its period.
    """

    name: str
    seconds: float
    lock: int
    run_once: RunOnce
    grace: float = 0.0
    goes_on: bool = False


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


class Upkeep:
    """Runs duties in one process, and remembers when it last found the database away."""

    def __init__(self, database: Database, wakeups: Wakeups, clock: Clock) -> None:
        """Use the process's own connections."""
        self._database = database
        self._wakeups = wakeups
        self._clock = clock
        self._away = float("-inf")

    async def run(self, duty: Duty) -> int:
        """Perform a duty, unless the database has just come back and the duty gives others time to find that out."""
        if time.monotonic() - self._away < duty.grace:
            return 0
        try:
            rows = await perform(duty, self._database, self._wakeups, now=self._clock.now)
            while duty.goes_on and rows:
                await asyncio.sleep(BREATH)
                rows = await perform(duty, self._database, self._wakeups, now=self._clock.now)
        except BROKEN:
            self._away = time.monotonic()
            raise
        return rows
