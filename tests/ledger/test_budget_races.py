"""Two processes with eight connections make 200 calls at once, and the database itself watches over their budget."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from tests.ledger.conftest import RESERVE, Books

from headrace.ai.budget import Period
from headrace.ai.budgets import set_budgets, show_budget

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PROCESSES = 2
LIMIT, COST = 30_000, 1_000
WATCH = "ALTER TABLE headrace.ai_budgets ADD CHECK (spent_nano_usd + reserved_nano_usd <= limit_nano_usd)"


async def test_two_hundred_calls_of_two_processes_never_exceed_a_budget(books: Books, database_url: str):
    """A moment at which more is spent and reserved than the limit would fail a statement, and so its process."""
    async with books.database.transaction() as conn:
        await set_budgets(conn, "installation", {Period.DAY: LIMIT}, now=None)
        await conn.execute(WATCH)
    words = [database_url, str(books.lease.job_id), str(books.lease.fence), str(COST)]
    spenders = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.ledger.spender", *words, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        for _ in range(PROCESSES)
    ]
    async with asyncio.timeout(60):
        for spender in spenders:
            assert spender.stdout is not None
            assert await spender.stdout.readline() == b"ready\n"
        told = await asyncio.gather(*(spender.communicate(b"go\n") for spender in spenders))
    assert [spender.returncode for spender in spenders] == [0] * PROCESSES, [said.decode() for _, said in told]
    made = sum(int(said) for said, _ in told)
    async with books.database.connection() as conn:
        found = (await show_budget(conn, "installation"))[Period.DAY]
    assert RESERVE.nano_usd is not None
    assert (found.spent_nano_usd, found.reserved_nano_usd) == (made * COST, 0)
    assert LIMIT // RESERVE.nano_usd <= made <= LIMIT // COST
