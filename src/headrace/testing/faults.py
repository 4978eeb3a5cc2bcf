"""Failpoints: a database that loses connections at random, before the work or after its commit, the same at every seed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from headrace.db.connect import Connection, Database

LOST = "server closed the connection unexpectedly (a failpoint)"


class FaultyDatabase(Database):
    """A `Database` some of whose connections break: nothing of the work was done then, or all of it, and nobody was told.

    `rate` is the share of uses that break, half of them before and half after the commit; it may be changed at any time.
    Some of those that break before are deadlocks, which leave the connection alive.
    """

    def __init__(self, url: str, *, connections: int = 4, seed: int = 0, rate: float = 0.01) -> None:
        """Break connections in an order that the seed decides."""
        super().__init__(url, connections=connections)
        self.rate = rate
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

    def _strikes(self, where: str, *, share: float) -> bool:
        if self._random.random() >= self.rate * share:
            return False
        self.struck[where] += 1
        return True
