"""A bare queue to poke at: workers as rows, claims and outcomes without a worker process."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from headrace import App, Job
from headrace.db.connect import Connection
from headrace.ids import new_id
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Claimed, Ending, Outcome
from headrace.jobs.states import State
from headrace.worker.lease import register

queue_app = App("bare")


@queue_app.task
async def anything(_job: Job) -> None: ...


@pytest.fixture
def apps():
    return [queue_app]


class Bench:
    """One connection, one registered worker, and the verbs of the queue in short."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.worker = new_id()
        self.marks = Marks(["bare"])

    async def register(self) -> UUID:
        self.worker = new_id()
        await register(self.conn, self.worker, name="bench", queues=["bare"], concurrency=10)
        return self.worker

    async def submit(self, **options) -> UUID:
        return (await anything.submit(self.conn, **options)).id

    async def claim(self, free: int = 10, *, alone: bool = False, now=None) -> list[Claimed]:
        return await claim(self.conn, self.worker, self.marks, free=free, alone=alone, now=now)

    async def take(self, **options) -> Claimed:
        await self.submit(**options)
        [claimed] = await self.claim()
        return claimed

    async def end(self, claimed: Claimed, ending: Ending = Ending.COMPLETED, **options) -> State | None:
        options = {"result": b"1"} | options if ending is Ending.COMPLETED else options
        written = await finish(self.conn, [Outcome(lease=claimed.lease, ending=ending, **options)])
        return written[claimed.lease.job_id][0] if written else None

    async def expire(self) -> None:
        await self.conn.execute(
            "UPDATE headrace.workers SET lease_until = now() - interval '1 s' WHERE id = %s", (self.worker,)
        )


@pytest.fixture
async def bench(runtime) -> AsyncIterator[Bench]:
    async with runtime.database.connection() as conn:
        made = Bench(conn)
        await made.register()
        yield made
