"""Limits hold across workers, let owners take turns, and nobody waits longer than there is no room."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.ledger.conftest import ANSWERED, Books

from headrace.ai.admission import rest
from headrace.ai.call import Full, Opened, Outcome
from headrace.ai.estimate import Reserve
from headrace.ai.ledger import Ledger, Terms
from headrace.ai.limit import Limit
from headrace.ai.limits import delete_limit, limits_of, list_limits, recount, set_limit
from headrace.ai.provider import Usage
from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.errors import InvalidInput, NotFound, SettingsError

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def limit(books: Books, name: str = "openai:gpt-5", **bounds: int | None) -> None:
    async with books.database.transaction() as conn:
        await set_limit(conn, name, **bounds)


async def shown(books: Books, name: str = "openai:gpt-5") -> dict[str, object]:
    async with books.database.connection() as conn:
        return (await list_limits(conn, name))[0]


def test_no_sixty_seconds_have_more_requests_than_the_limit():
    bound = Limit("openai", requests_per_minute=3)
    began: list[float] = []
    for tenth in range(2_000):
        now = tenth / 10
        if bound.wait(0, at(now)) is None:
            bound.take(0, at(now))
            began.append(now)
    assert len(began) >= 9
    assert all(sum(start <= other < start + 60 for other in began) <= 3 for start in began)


def test_a_limit_says_exactly_when_it_has_room_again():
    bound = Limit("openai", requests_per_minute=2)
    bound.take(0, at(0))
    bound.take(0, at(20))
    wait = bound.wait(0, at(30))
    assert wait == timedelta(seconds=31)
    assert bound.wait(0, at(30) + wait) is None


def test_tokens_of_a_minute_are_bounded_and_put_right_when_they_are_known():
    bound = Limit("openai", tokens_per_minute=1_000)
    bound.take(900, at(0))
    assert bound.wait(200, at(1)) == timedelta(seconds=60)
    bound.give_back(at(0), -400)
    assert bound.wait(200, at(1)) is None


def test_a_call_larger_than_the_limit_goes_by_itself():
    bound = Limit("openai", tokens_per_minute=1_000)
    assert bound.wait(5_000, at(0)) is None
    bound.take(5_000, at(0))
    assert bound.wait(1, at(30)) is not None
    assert bound.wait(5_000, at(61)) is None


async def test_no_more_calls_are_open_than_a_limit_allows(books: Books):
    await limit(books, concurrency=2)
    first, second, third = (books.call() for _ in range(3))
    opened = await books.begin(first, second, third)
    assert [type(verdict) for verdict in opened] == [Opened, Opened, Full]
    await books.settle(first)
    assert await books.begin(third) == [Opened()]


async def test_a_provider_and_its_models_are_bounded_side_by_side(books: Books):
    await limit(books, "openai", concurrency=2)
    await limit(books, "openai:gpt-5", concurrency=1)
    one, two, other = books.call(), books.call(), books.call(model="gpt-5-mini")
    assert [type(verdict) for verdict in await books.begin(one, two, other)] == [Opened, Full, Opened]
    assert await books.begin(books.call(provider="anthropic")) == [Opened()]


async def test_a_new_limit_counts_the_calls_that_are_open_already(books: Books):
    await books.begin(books.call(), books.call(model="gpt-5-mini"))
    await limit(books, "openai", concurrency=2)
    [verdict] = await books.begin(books.call())
    assert isinstance(verdict, Full)


async def test_lost_calls_give_their_room_back(books: Books):
    await limit(books, concurrency=1)
    await books.begin(books.call())
    await books.end_run()
    await books.give_up()
    assert (await shown(books))["in_use"] == 0


async def test_a_batch_that_is_sent_again_takes_no_room_twice(books: Books):
    await limit(books, concurrency=2)
    call = books.call()
    await books.begin(call)
    await books.begin(call)
    assert (await shown(books))["in_use"] == 1


async def test_the_tokens_that_were_used_count_and_not_the_estimate(books: Books):
    await limit(books, tokens_per_minute=1_000)
    call = books.call(reserve=Reserve(100, 200, 900, 0))
    await books.begin(call)
    assert (await shown(books))["tokens"] == 900
    await books.settle(call, Outcome(state="ok", usage=Usage(30, 20)))
    assert (await shown(books))["tokens"] == 50


async def test_a_provider_that_asks_for_a_pause_gets_it_from_all_workers(books: Books):
    await limit(books, concurrency=10)
    call = books.call()
    await books.begin(call)
    await books.settle(call, Outcome(state="error", hold=timedelta(seconds=30)))
    [verdict] = await books.begin(books.call())
    assert isinstance(verdict, Full)
    assert timedelta(0) < verdict.wait <= timedelta(seconds=30)
    assert await books.begin(books.call(model="gpt-5-mini")) == [Opened()]
    assert await books.begin(books.call(), now=datetime.now(UTC) + timedelta(seconds=31)) == [Opened()]


async def test_a_pause_is_kept_where_no_limit_was_set(books: Books):
    ledger = Ledger(books.database, Clock())
    call = books.call()
    await ledger.begin(call)
    await ledger.settle(call, Outcome(state="error", hold=timedelta(seconds=30)))
    [verdict] = await books.begin(books.call())
    assert isinstance(verdict, Full)


async def test_owners_take_turns_within_a_batch(books: Books):
    await limit(books, concurrency=2)
    many = [books.call(owner="zoe") for _ in range(5)]
    single = books.call(owner="ann")
    verdicts = await books.begin(*many, single)
    assert [isinstance(verdict, Opened) for verdict in verdicts] == [True, False, False, False, False, True]


async def test_room_is_kept_for_the_owner_that_was_served_longest_ago(books: Books):
    await limit(books, concurrency=1)
    held, many, single = books.call(owner="zoe"), books.call(owner="zoe"), books.call(owner="ann")
    await books.begin(held, now=at(0))
    await books.begin(many, now=at(1))
    await books.begin(single, now=at(1))
    await books.settle(held, now=at(1))
    # Another worker comes first with a call of the owner that was just served.
    [verdict] = await books.begin(many, now=at(2))
    assert isinstance(verdict, Full)
    assert await books.begin(single, now=at(2)) == [Opened()]


async def test_an_owner_that_gave_up_is_not_waited_for(books: Books):
    await limit(books, concurrency=1)
    held, many, single = books.call(owner="zoe"), books.call(owner="zoe"), books.call(owner="ann")
    await books.begin(held, now=at(0))
    await books.begin(many, now=at(1))
    await books.begin(single, now=at(1))
    await books.settle(held, now=at(1))
    assert await books.begin(many, now=at(10)) == [Opened()]


async def test_owners_share_a_full_limit_over_many_rounds(books: Books):
    await limit(books, concurrency=1)
    running, order = books.call(owner="ann"), list[str | None]()
    await books.begin(running, now=at(0))
    for turn in range(1, 8):
        # Each owner asks by a worker of its own, the one with most calls first.
        asking = [books.call(owner=owner) for owner in ("ann", "ann", "bob", "cid")]
        for call in asking:
            assert isinstance((await books.begin(call, now=at(turn)))[0], Full)
        await books.settle(running, now=at(turn))
        [running] = [call for call in asking if await books.begin(call, now=at(turn + 0.5)) == [Opened()]]
        order.append(running.owner)
    assert order == ["ann", "bob", "cid", "ann", "bob", "cid", "ann"]


async def test_a_limit_is_never_exceeded_by_several_workers(books: Books, database_url: str):
    await limit(books, concurrency=5)
    others = [Database(database_url, connections=2) for _ in range(3)]
    for other in others:
        await other.open()
    ledgers = [Ledger(database, Clock()) for database in (books.database, *others)]
    highest = running = 0

    async def make(n: int) -> None:
        nonlocal highest, running
        ledger, call = ledgers[n % 4], books.call(owner=f"o{n % 3}")
        while not isinstance(await ledger.begin(call), Opened):
            await ledger.lobby.wait(call.names[1], 0.05)
        running += 1
        highest = max(highest, running)
        await asyncio.sleep(0)
        running -= 1
        await ledger.settle(call, ANSWERED)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(make, range(80)))
    for other in others:
        await other.close()
    assert 0 < highest <= 5
    assert (await shown(books))["in_use"] == 0


async def test_a_limit_that_is_set_while_calls_begin_and_end_counts_right(books: Books):
    ledger = Ledger(books.database, Clock())
    calls = [books.call() for _ in range(60)]

    async def make(call: object) -> None:
        await ledger.begin(call)
        await ledger.settle(call, ANSWERED)

    async def change() -> None:
        for count in range(10):
            await limit(books, concurrency=1_000 + count)
            await asyncio.sleep(0)

    async with asyncio.timeout(30):
        await asyncio.gather(change(), *map(make, calls))
    assert (await shown(books))["in_use"] == 0


async def test_calls_that_went_with_their_job_are_counted_off(books: Books):
    await limit(books, concurrency=3)
    await books.begin(books.call())
    async with books.database.transaction() as conn:
        assert await recount(conn) == 0
        await conn.execute("DELETE FROM headrace.jobs")
        assert await recount(conn) == 1
    assert (await shown(books))["in_use"] == 0


async def test_a_lifted_limit_bounds_nothing(books: Books):
    await limit(books, concurrency=1)
    async with books.database.connection() as conn:
        await delete_limit(conn, "openai:gpt-5")
        with pytest.raises(NotFound, match="no limit for openai:gpt-5"):
            await delete_limit(conn, "openai:gpt-5")
    assert await books.begin(books.call(), books.call()) == [Opened(), Opened()]


@pytest.mark.parametrize("name", ["", "OpenAI", "openai:", "openai: gpt", "x" * 301])
async def test_a_limit_of_nothing_is_refused(books: Books, name: str):
    with pytest.raises(InvalidInput, match="provider or provider:model"):
        await limit(books, name, concurrency=1)


async def test_limits_of_the_settings_apply_where_the_api_set_none(books: Books):
    await limit(books, "anthropic", concurrency=7)
    for entries in (["openai=5//", "openai:gpt-5=//9", "anthropic=1//"], ["openai=6/7/"]):
        terms = Terms(limits=limits_of(entries))
        assert await Ledger(books.database, Clock(), terms).begin(books.call()) == Opened()
    provider, model, other = [await shown(books, name) for name in ("openai", "openai:gpt-5", "anthropic")]
    assert (provider["concurrency"], provider["requests_per_minute"], provider["in_use"]) == (6, 7, 2)
    assert (model["tokens_per_minute"], other["concurrency"]) == (None, 7)


@pytest.mark.parametrize("entry", ["openai", "openai=1", "openai=0//", "openai=1/2/3/4", "Open AI=1//", "openai=a//"])
def test_a_setting_that_is_no_limit_is_named(entry: str):
    with pytest.raises(SettingsError, match="is no limit; write provider=concurrency/requests/tokens"):
        limits_of([entry])


async def test_a_provider_can_not_hold_calls_back_for_a_week(books: Books):
    await limit(books, concurrency=10)
    call = books.call()
    await books.begin(call)
    await books.settle(call, Outcome(state="error", hold=timedelta(days=7)))
    assert await books.begin(books.call(), now=datetime.now(UTC) + timedelta(minutes=11)) == [Opened()]


def test_a_job_rests_longer_from_run_to_run():
    rests = [rest(run) for run in (1, 2, 100)]
    assert rests == [timedelta(seconds=2), timedelta(seconds=4), timedelta(minutes=1)]
