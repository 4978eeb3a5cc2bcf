"""The ledger itself: calls begin and end in batches, each once, and everything that sums them agrees."""

import asyncio
from contextlib import suppress

import pytest
from tests.ledger.conftest import ANSWERED, Books

from headrace.ai.call import Call, Gone, Opened, Outcome
from headrace.ai.estimate import Reserve
from headrace.ai.ledger import Ledger
from headrace.ai.provider import Usage
from headrace.clock import Clock
from headrace.db.connect import Database

pytestmark = pytest.mark.anyio


async def test_a_call_is_written_with_what_it_reserves_before_it_is_made(books: Books):
    call = books.call(rung="ask_again")
    assert await books.begin(call) == [Opened()]
    row = await books.row(call)
    assert (row["state"], row["task"], row["owner"], row["rung"]) == ("open", "books.run", "ann", "ask_again")
    assert (row["reserved_input_tokens"], row["reserved_output_tokens"], row["reserved_nano_usd"]) == (100, 200, 3_000)


async def test_a_settled_call_keeps_its_tokens_and_the_price_that_was_used(books: Books):
    call = books.call()
    await books.begin(call)
    assert await books.settle(call)
    row = await books.row(call)
    tokens = [row[f"{kind}_tokens"] for kind in ("input", "output", "cached", "reasoning")]
    assert (row["state"], tokens, row["cost_nano_usd"], row["price"]) == ("ok", [10, 20, 4, 6], 700, {"model": "m"})


async def test_a_settled_call_is_in_the_sums_of_its_job_and_its_day(books: Books):
    for call in (books.call(), books.call()):
        await books.begin(call)
        await books.settle(call)
    job, spend = await books.job(), await books.spend()
    assert (job["cost_nano_usd"], job["input_tokens"], job["output_tokens"]) == (1_400, 20, 40)
    assert (spend["calls"], spend["failed"], spend["input_tokens"], spend["cost_nano_usd"]) == (2, 0, 20, 1_400)


async def test_a_call_is_settled_once(books: Books):
    call = books.call()
    await books.begin(call)
    assert [await books.settle(call), await books.settle(call)] == [True, False]
    assert (await books.spend())["cost_nano_usd"] == 700


async def test_a_batch_that_is_sent_again_is_written_once(books: Books):
    call = books.call()
    assert await books.begin(call) + await books.begin(call) == [Opened(), Opened()]
    assert len(await books.rows("SELECT id FROM headrace.ai_calls")) == 1


async def test_a_run_that_lost_its_job_can_not_begin_a_call(books: Books):
    await books.end_run()
    call = books.call()
    assert await books.begin(call) == [Gone()]
    assert await books.rows("SELECT id FROM headrace.ai_calls") == []


async def test_an_unknown_price_is_counted_as_such(books: Books):
    call = books.call(reserve=Reserve(100, 200, 50, None))
    await books.begin(call)
    await books.settle(call, Outcome(state="ok", usage=Usage(10, 20)))
    spend = await books.spend()
    assert (spend["unpriced"], spend["cost_nano_usd"], spend["input_tokens"]) == (1, 0, 10)
    assert (await books.row(call))["cost_nano_usd"] is None


async def test_an_open_call_of_a_running_job_is_nobodys_orphan(books: Books):
    await books.begin(books.call())
    assert await books.give_up() == 0


async def test_an_orphan_is_settled_as_lost_at_what_it_had_reserved(books: Books):
    call = books.call()
    await books.begin(call)
    await books.end_run()
    assert [await books.give_up(), await books.give_up()] == [1, 0]
    row, job, spend = await books.row(call), await books.job(), await books.spend()
    assert (row["state"], row["cost_nano_usd"], row["is_estimated"], row["error_code"]) == ("lost", 3_000, True, "lost")
    assert (job["cost_nano_usd"], spend["cost_nano_usd"], spend["lost"], spend["calls"]) == (3_000, 3_000, 1, 1)


async def test_a_worker_that_reports_late_puts_a_lost_call_right(books: Books):
    call = books.call()
    await books.begin(call)
    await books.end_run()
    await books.give_up()
    assert [await books.settle(call), await books.settle(call)] == [True, False]
    row, job, spend = await books.row(call), await books.job(), await books.spend()
    assert (row["state"], row["cost_nano_usd"], job["cost_nano_usd"], job["input_tokens"]) == ("ok", 700, 700, 10)
    assert (spend["cost_nano_usd"], spend["calls"], spend["lost"], spend["output_tokens"]) == (700, 1, 0, 20)


async def test_a_receipt_that_is_written_already_learns_what_a_late_call_cost(books: Books):
    call = books.call()
    await books.begin(call)
    async with books.database.connection() as conn:
        await conn.execute("""UPDATE headrace.jobs SET cancellation = '{"billed_nano_usd": 0}'""")
    await books.settle(call)
    assert (await books.job())["cancellation"] == {"billed_nano_usd": 700}


async def test_a_call_that_nobody_waits_for_any_more_is_settled(books: Books):
    ledger = Ledger(books.database, Clock())
    call = books.call()
    async with books.database.transaction() as conn:
        await conn.execute("SELECT FROM headrace.jobs FOR UPDATE")
        asking = asyncio.create_task(ledger.begin(call))
        await asyncio.sleep(0)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
    async with asyncio.timeout(10):
        while not (rows := await books.rows("SELECT * FROM headrace.ai_calls")) or rows[0]["state"] == "open":
            await asyncio.sleep(0.01)
    assert (rows[0]["state"], rows[0]["error_code"], rows[0]["cost_nano_usd"]) == ("error", "cancelled", None)


async def test_a_thousand_calls_at_once_share_four_connections(books: Books):
    ledger = Ledger(books.database, Clock())
    calls = [books.call() for _ in range(1_000)]

    async def make(call: Call) -> bool:
        assert await ledger.begin(call) == Opened()
        return await ledger.settle(call, ANSWERED)

    async with asyncio.timeout(30):
        assert all(await asyncio.gather(*map(make, calls)))
    spend = await books.spend()
    assert (spend["calls"], spend["cost_nano_usd"]) == (1_000, 700_000)
    assert (await books.job())["cost_nano_usd"] == 700_000
    assert books.database.pool.get_stats()["requests_num"] < 200


async def test_calls_of_several_processes_are_settled_side_by_side(books: Books, database_url: str):
    others = [Database(database_url, connections=2) for _ in range(3)]
    for other in others:
        await other.open()
    ledgers = [Ledger(database, Clock()) for database in (books.database, *others)]
    calls = [books.call(owner=f"o{n % 7}", model=f"m{n % 3}") for n in range(200)]

    async def make(n: int, call: Call) -> None:
        assert await ledgers[n % 4].begin(call) == Opened()
        assert await ledgers[(n + 1) % 4].settle(call, ANSWERED)

    async with asyncio.timeout(30):
        await asyncio.gather(*(make(n, call) for n, call in enumerate(calls)))
    for other in others:
        await other.close()
    assert (await books.spend())["calls"] == 200
    assert (await books.job())["cost_nano_usd"] == 140_000
