"""A running job, and the verbs of the ledger in short."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.rows import dict_row

from headrace.ai.call import Call, Outcome, Verdict
from headrace.ai.estimate import Reserve
from headrace.ai.opening import open_calls
from headrace.ai.price import Price
from headrace.ai.provider import Usage
from headrace.ai.settling import Ended, settle_calls, settle_orphans
from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.ids import new_id
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Lease, Submission
from headrace.jobs.job import Outcome as RunOutcome
from headrace.jobs.submit import submit
from headrace.worker.lease import register

RESERVE = Reserve(100, 200, 50, 3_000)
ANSWERED = Outcome(state="ok", usage=Usage(10, 20, 4, 6), price=Price(700, {"model": "m"}), finish_reason="stop")


class Books:
    """A running job, and the verbs of the ledger in short."""

    def __init__(self, database: Database, lease: Lease) -> None:
        self.database = database
        self.lease = lease

    def call(self, **changes: Any) -> Call:
        job = {"id": new_id(), "job_id": self.lease.job_id, "fence": self.lease.fence, "run": 1, "step": "ai.text"}
        whom = {"task": "books.run", "owner": "ann", "provider": "openai", "model": "gpt-5", "reserve": RESERVE}
        return Call(**{**job, **whom, **changes})

    async def begin(self, *calls: Call, now: datetime | None = None) -> list[Verdict]:
        async with self.database.connection() as conn:
            return await open_calls(conn, calls, now=now)

    async def settle(self, call: Call, outcome: Outcome | None = ANSWERED, *, now: datetime | None = None) -> bool:
        async with self.database.connection() as conn:
            return (await settle_calls(conn, [Ended(call.id, call.job_id, outcome, call.names[1])], now=now))[0]

    async def give_up(self) -> int:
        later = Clock().advance(timedelta(minutes=1))
        async with self.database.connection() as conn:
            return await settle_orphans(conn, now=later)

    async def end_run(self) -> None:
        async with self.database.connection() as conn:
            await finish(conn, [RunOutcome(lease=self.lease, ending=Ending.RELEASED, delay=timedelta(hours=1))])

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        async with self.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql)  # type: ignore[call-overload]  # a test's own SQL
            return await cursor.fetchall()

    async def row(self, call: Call) -> dict[str, Any]:
        return next(row for row in await self.rows("SELECT * FROM headrace.ai_calls") if row["id"] == call.id)

    async def job(self) -> dict[str, Any]:
        return (await self.rows("SELECT * FROM headrace.jobs"))[0]

    async def spend(self) -> dict[str, int]:
        names = "calls, failed, lost, unpriced, input_tokens, output_tokens, cost_nano_usd"
        sums = ", ".join(f"sum({name})::bigint AS {name}" for name in names.split(", "))
        return (await self.rows(f"SELECT {sums} FROM headrace.ai_spend WHERE day > '1970-01-01'"))[0]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, connections=4)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def books(database: Database) -> Books:
    async with database.connection() as conn:
        await submit(conn, [Submission(task="books.run", queue="books", input=b"{}", owner="ann")])
        worker = new_id()
        await register(conn, worker, name="books", queues=["books"], concurrency=1)
        [claimed] = await claim(conn, worker, Marks(["books"]), free=1)
    return Books(database, claimed.lease)
