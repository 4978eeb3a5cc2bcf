"""Races: two or more real connections, and the loser seen blocked (or skipped) before the winner goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.ids import new_id
from headrace.jobs.claim import Marks, claim
from headrace.jobs.job import Claimed, Ending, Outcome, Submission
from headrace.jobs.submit import submit as submit_batch
from headrace.worker import lease

QUEUE = "races"
PATIENCE = 10.0


class Arena:
    """A database, connections to it, and the few acts that every race is made of."""

    def __init__(self, url: str, watcher: Connection) -> None:
        self.url = url
        self.watcher = watcher
        self._opened: list[Connection] = []

    async def connect(self) -> Connection:
        conn = await psycopg.AsyncConnection.connect(self.url, autocommit=True)
        self._opened.append(conn)
        return conn

    async def close(self) -> None:
        for conn in self._opened:
            await conn.close()

    async def submit(self, count: int = 1, **options: Any) -> list[UUID]:
        rules = {"attempts": 3, **options}
        jobs = [Submission(task="races.run", queue=QUEUE, input=b"{}", **rules) for _ in range(count)]
        return [answer.id for answer in await submit_batch(self.watcher, jobs)]

    async def worker(self) -> UUID:
        id_ = new_id()
        await lease.register(self.watcher, id_, name="test", queues=[QUEUE], concurrency=10)
        return id_

    async def claim(
        self, worker: UUID, *, free: int = 10, alone: bool = False, conn: Connection | None = None
    ) -> list[Claimed]:
        return await claim(conn or self.watcher, worker, Marks([QUEUE]), free=free, alone=alone)

    async def run(self, **options: Any) -> tuple[UUID, Claimed]:
        """Submit one job and claim it for a worker of its own."""
        await self.submit(**options)
        worker = await self.worker()
        [claimed] = await self.claim(worker)
        return worker, claimed

    async def expire(self, worker: UUID) -> None:
        await self.watcher.execute(
            "UPDATE headrace.workers SET lease_until = now() - interval '1 s' WHERE id = %s", [worker]
        )

    async def row(self, job_id: UUID) -> dict[str, Any]:
        async with self.watcher.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("SELECT * FROM headrace.jobs WHERE id = %s", [job_id])
            row = await cursor.fetchone()
        assert row is not None
        return row

    async def count(self, sql: str, *params: object) -> int:
        row = await (await self.watcher.execute(sql, params)).fetchone()  # type: ignore[call-overload]  # a test's own SQL
        assert row is not None
        return int(row[0])

    async def until_blocked(self, conn: Connection) -> None:
        """Return once a statement of `conn` waits for another connection's lock."""
        async with asyncio.timeout(PATIENCE):
            while not await self.count("SELECT cardinality(pg_blocking_pids(%s))", conn.info.backend_pid):
                await asyncio.sleep(0.002)  # only PostgreSQL knows of the wait, and tells nobody

    async def blocked(self, conn: Connection, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin `work` on `conn` and return it as soon as it is seen to wait."""
        task = asyncio.create_task(work)
        waiting = asyncio.create_task(self.until_blocked(conn))
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            waiting.cancel()
            raise AssertionError(f"It did not wait for the other connection, and came to {task.result()!r}")
        await waiting
        return task


@pytest.fixture
async def arena(database_url: str, anyio_backend: str) -> AsyncIterator[Arena]:
    watcher = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    arena = Arena(database_url, watcher)
    try:
        yield arena
    finally:
        await arena.close()
        await watcher.close()


@pytest.fixture
def together() -> Callable[[list[Callable[[], Awaitable[Any]]]], Awaitable[list[Any]]]:
    """Run works at the same moment: none begins before all are ready. Errors come back as values."""

    async def run(works: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
        barrier = asyncio.Barrier(len(works))

        async def one(work: Callable[[], Awaitable[Any]]) -> Any:
            await barrier.wait()
            return await work()

        return await asyncio.gather(*(one(work) for work in works), return_exceptions=True)

    return run


@pytest.fixture
def completed() -> Callable[[Claimed], Outcome]:
    return lambda claimed: Outcome(lease=claimed.lease, ending=Ending.COMPLETED, result=b'"done"')


@pytest.fixture
def failed() -> Callable[[Claimed], Outcome]:
    def outcome(claimed: Claimed) -> Outcome:
        return Outcome(lease=claimed.lease, ending=Ending.RETRY, error={"code": "exception", "message": "no"})

    return outcome
