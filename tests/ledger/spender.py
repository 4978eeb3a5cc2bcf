"""A process that makes a hundred calls at once, each on its own: what `test_budget_races` starts several of.

Arguments: the database's URL, a job's id and fence, and what a call costs. Waits for a line, then tells how many were made.
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from tests.ledger.conftest import Books

from headrace.ai.call import Opened, Outcome
from headrace.ai.ledger import Ledger
from headrace.ai.price import Price
from headrace.ai.provider import Usage
from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.jobs.job import Lease

CALLS = 100
LEDGERS = 2
"""Each with connections of its own, as if the process were several."""


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def spend(url: str, lease: Lease, cost: int) -> int:
    databases = [Database(url, connections=2) for _ in range(LEDGERS)]
    for database in databases:
        await database.open()
    ledgers = [Ledger(database, Clock()) for database in databases]
    books = Books(databases[0], lease)
    settled = Outcome(state="ok", usage=Usage(1, 1), price=Price(cost))

    async def make(n: int) -> bool:
        call = books.call(owner=f"o{n % 5}")
        verdict = await ledgers[n % LEDGERS].begin(call)
        if isinstance(verdict, Opened):
            await ledgers[n % LEDGERS].settle(call, settled)
        return isinstance(verdict, Opened)

    tell("ready")
    await asyncio.to_thread(sys.stdin.readline)
    made = await asyncio.gather(*map(make, range(CALLS)))
    for database in databases:
        await database.close()
    return sum(made)


if __name__ == "__main__":
    url, job_id, fence, cost = sys.argv[1:]
    tell(asyncio.run(spend(url, Lease(UUID(job_id), int(fence)), int(cost))))
