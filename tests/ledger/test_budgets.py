"""Budgets reserve before a call and settle after it; no number of calls at once exceeds one."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.ledger.conftest import ANSWERED, Books

from headrace.ai.budget import Budget, Period
from headrace.ai.budgets import list_budgets, set_budgets, show_budget
from headrace.ai.call import Opened, Outcome, Spent
from headrace.ai.estimate import Reserve
from headrace.ai.ledger import Ledger
from headrace.ai.price import Price
from headrace.ai.provider import Usage
from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.errors import InvalidInput, NotFound

pytestmark = pytest.mark.anyio

LAST_DAY = datetime(2026, 11, 30, 23, 59, 50, tzinfo=UTC)
NEXT_DAY = LAST_DAY + timedelta(seconds=20)


async def budget(books: Books, scope: str = "installation", *, now: datetime | None = None, **limits: int | None):
    async with books.database.transaction() as conn:
        await set_budgets(conn, scope, {Period(period): limit for period, limit in limits.items()}, now=now)


async def shown(books: Books, scope: str = "installation", *, now: datetime | None = None) -> Budget:
    async with books.database.connection() as conn:
        return (await show_budget(conn, scope, now=now))[Period.DAY]


def costing(nano_usd: int) -> Outcome:
    return Outcome(state="ok", usage=Usage(1, 1), price=Price(nano_usd))


async def test_a_call_reserves_the_most_it_can_cost_and_pays_what_it_did(books: Books):
    await budget(books, day=10_000)
    call = books.call()
    await books.begin(call)
    before = await shown(books)
    await books.settle(call)
    after = await shown(books)
    assert (before.spent_nano_usd, before.reserved_nano_usd, before.left_nano_usd) == (0, 3_000, 7_000)
    assert (after.spent_nano_usd, after.reserved_nano_usd, after.left_nano_usd) == (700, 0, 9_300)


async def test_a_call_that_might_not_fit_does_not_begin(books: Books):
    await budget(books, day=5_000)
    first, second = books.call(), books.call()
    opened, spent = await books.begin(first, second)
    assert opened == Opened()
    assert isinstance(spent, Spent)
    assert (spent.scope, spent.period, spent.left_nano_usd, spent.needed_nano_usd) == (
        "installation",
        "day",
        2_000,
        3_000,
    )
    assert len(await books.rows("SELECT id FROM headrace.ai_calls")) == 1


async def test_what_a_call_did_not_need_is_there_for_the_next(books: Books):
    await budget(books, day=5_000)
    first, second = books.call(), books.call()
    await books.begin(first)
    await books.settle(first)
    assert await books.begin(second) == [Opened()]


@pytest.mark.parametrize("scope", ["installation", "app:books", "task:books.run", "owner:ann"])
async def test_each_scope_bounds_its_own_calls(books: Books, scope: str):
    await budget(books, scope, day=0)
    [spent] = await books.begin(books.call())
    assert isinstance(spent, Spent)
    assert spent.scope == scope


async def test_a_budget_of_another_scope_bounds_nothing(books: Books):
    await budget(books, "owner:bob", day=0)
    await budget(books, "task:books.other", day=0)
    await budget(books, "app:book", day=0)
    assert await books.begin(books.call()) == [Opened()]


async def test_the_month_bounds_as_the_day_does(books: Books):
    await budget(books, day=10**12, month=1_000)
    [spent] = await books.begin(books.call())
    assert isinstance(spent, Spent)
    assert spent.period == "month"


async def test_a_new_budget_counts_what_its_period_has_spent_and_reserved(books: Books):
    done, open_, others = books.call(), books.call(), books.call(owner="bob")
    for call in (done, open_, others):
        await books.begin(call)
    await books.settle(done)
    await budget(books, "owner:ann", day=10_000)
    found = await shown(books, "owner:ann")
    assert (found.spent_nano_usd, found.reserved_nano_usd) == (700, 3_000)


async def test_a_new_budget_of_an_app_counts_what_its_tasks_have_spent(books: Books):
    for task in ("books.run", "books.other", "bookshop.run"):
        call = books.call(task=task)
        await books.begin(call)
        await books.settle(call)
    await budget(books, "app:books", day=10_000)
    assert (await shown(books, "app:books")).spent_nano_usd == 2 * 700


async def test_a_raised_budget_keeps_what_was_spent(books: Books):
    await budget(books, day=5_000)
    call = books.call()
    await books.begin(call)
    await books.settle(call)
    await budget(books, day=9_000)
    assert (await shown(books)).left_nano_usd == 8_300


async def test_a_period_ends_at_midnight_utc_and_the_next_has_all_of_the_money(books: Books):
    await budget(books, now=LAST_DAY, day=3_000, month=3_000)
    call = books.call()
    assert await books.begin(call, now=LAST_DAY) == [Opened()]
    [spent] = await books.begin(books.call(), now=LAST_DAY)
    assert isinstance(spent, Spent)
    assert spent.until == datetime(2026, 12, 1, tzinfo=UTC)
    assert await books.begin(books.call(), now=NEXT_DAY) == [Opened()]


async def test_a_call_is_charged_to_the_period_in_which_it_began(books: Books):
    await budget(books, now=LAST_DAY, day=10_000)
    old, new = books.call(), books.call()
    await books.begin(old, now=LAST_DAY)
    await books.begin(new, now=NEXT_DAY)
    await books.settle(old, now=NEXT_DAY)
    found = await shown(books, now=NEXT_DAY)
    assert (found.since, found.spent_nano_usd, found.reserved_nano_usd) == (date(2026, 12, 1), 0, 3_000)


async def test_free_calls_and_those_without_a_price_pass_a_spent_budget(books: Books):
    await budget(books, day=0)
    free, unpriced = books.call(reserve=Reserve(9, 9, 9, 0)), books.call(reserve=Reserve(9, 9, 9, None))
    assert await books.begin(free, unpriced) == [Opened(), Opened()]


async def test_a_lost_call_is_spent_at_its_reservation(books: Books):
    await budget(books, day=10_000)
    call = books.call()
    await books.begin(call)
    await books.end_run()
    await books.give_up()
    lost = await shown(books)
    await books.settle(call)
    told = await shown(books)
    assert (lost.spent_nano_usd, lost.reserved_nano_usd) == (3_000, 0)
    assert (told.spent_nano_usd, told.reserved_nano_usd) == (700, 0)


async def test_two_hundred_calls_at_once_never_exceed_a_budget(books: Books, database_url: str):
    """The sum of what is spent and reserved stays within the limit at every moment, and what is left is used."""
    limit, cost = 30_000, 1_000
    await budget(books, day=limit)
    others = [Database(database_url, connections=2) for _ in range(4)]
    for other in others:
        await other.open()
    ledgers = [Ledger(database, Clock()) for database in others]
    made = 0

    async def make(n: int) -> None:
        nonlocal made
        ledger, call = ledgers[n % 4], books.call(owner=f"o{n % 5}")
        if isinstance(await ledger.begin(call), Opened):
            made += 1
            await ledger.settle(call, costing(cost))

    async def watch(done: asyncio.Event) -> int:
        highest = 0
        while not done.is_set():
            found = await shown(books)
            highest = max(highest, found.spent_nano_usd + found.reserved_nano_usd)
            await asyncio.sleep(0)
        return highest

    done = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        watching = group.create_task(watch(done))
        await asyncio.gather(*map(make, range(200)))
        done.set()
    for other in others:
        await other.close()
    found = await shown(books)
    assert watching.result() <= limit
    assert (found.spent_nano_usd, found.reserved_nano_usd) == (made * cost, 0)
    assert 10 <= made <= 30


async def test_a_budget_that_is_set_while_calls_begin_and_end_counts_right(books: Books):
    ledger = Ledger(books.database, Clock())

    async def make(_n: int) -> None:
        call = books.call()
        await ledger.begin(call)
        await ledger.settle(call, ANSWERED)

    async def change() -> None:
        for _ in range(5):
            await budget(books, day=10**12)
            await asyncio.sleep(0)

    async with asyncio.timeout(30):
        await asyncio.gather(change(), *map(make, range(60)))
    found = await shown(books)
    assert (found.spent_nano_usd, found.reserved_nano_usd) == (60 * 700, 0)


async def test_a_lifted_budget_bounds_nothing(books: Books):
    await budget(books, day=0, month=0)
    await budget(books, day=None, month=None)
    assert await books.begin(books.call()) == [Opened()]
    async with books.database.connection() as conn:
        assert await list_budgets(conn) == {}
        with pytest.raises(NotFound, match="no budget for installation"):
            await show_budget(conn, "installation")


@pytest.mark.parametrize("scope", ["", "all", "owner:", "task", "job:1", "owner:" + "x" * 300])
async def test_a_budget_of_nothing_is_refused(books: Books, scope: str):
    with pytest.raises(InvalidInput, match="installation, app:NAME, task:NAME or owner:NAME"):
        await budget(books, scope, day=1)
