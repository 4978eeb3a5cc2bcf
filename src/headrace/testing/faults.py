"""Failpoints: a database that loses connections at random, before the work or after its commit, the same at every seed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from headrace.db.connect import Connection, Database
from headrace.db.wake import Wakeups
from headrace.runtime import Runtime

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

LOST = "server closed the connection unexpectedly (a failpoint)"


_striking: ContextVar[bool] = ContextVar("headrace_striking", default=False)


@contextmanager
def striking(*, active: bool = True) -> Iterator[None]:
    """Let faults strike in what is done, and what is started, inside the block."""
    token = _striking.set(active)
    try:
        yield
    finally:
        _striking.reset(token)


class FaultyDatabase(Database):
    """A `Database` some of whose connections break: nothing of the work was done then, or all of it, and nobody was told.

    `rate` is the share of uses that break, half of them before and half after the commit; it may be changed at any time.
    Some of those that break before are deadlocks, which leave the connection alive. Sessions break before the work only,
    since what a product does in them may not be repeatable.
    """

    def __init__(
        self, url: str, *, connections: int = 4, seed: int = 0, rate: float = 0.01, is_always: bool = True
    ) -> None:
        """Break connections in an order that the seed decides; always, or only inside of `striking`."""
        super().__init__(url, connections=connections)
        self.rate = rate
        self._is_always = is_always
        self.struck = {"before": 0, "deadlock": 0, "after": 0}
        self._random = random.Random(seed)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection that may break."""
        async with super().connection() as conn:
            if self._strikes("deadlock", share=0.25):
                raise psycopg.errors.DeadlockDetected("deadlock detected (a failpoint)")
            if self._strikes("before", share=0.25):
                conn.pgconn.finish()
            yield conn
            if self._strikes("after", share=0.5):
                conn.pgconn.finish()
                raise psycopg.OperationalError(LOST)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend a session, or fail to."""
        if self._strikes("before", share=0.5):
            raise psycopg.OperationalError(LOST)
        async with super().session() as session:
            yield session

    def _strikes(self, where: str, *, share: float) -> bool:
        if not (self._is_always or _striking.get()) or self._random.random() >= self.rate * share:
            return False
        self.struck[where] += 1
        return True


@asynccontextmanager
async def hurt(runtime: Runtime, *, seed: int, rate: float) -> AsyncIterator[tuple[Runtime, FaultyDatabase]]:
    """Lend a runtime like this one with a database that breaks inside of `striking`."""
    database = FaultyDatabase(runtime.database.url, connections=8, seed=seed, rate=rate, is_always=False)
    await database.open()
    try:
        yield replace(runtime, database=database, wakeups=Wakeups(database)), database
    finally:
        await database.close()
