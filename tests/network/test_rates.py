"""Rates of requests: what passes, what waits, over several processes, and at what cost."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from headrace.accounts.rate import Allowance, Meter, debit, forget_rates
from headrace.clock import Clock

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEN = Allowance(10, 10)


@pytest.fixture
def take(runtime):
    """Debit one key at a time after noon; returns what was granted and how long the rest has to wait."""

    async def run(wanted: int, *, after: float = 0, own: Allowance = TEN, key: str = "a") -> tuple[int, float]:
        async with runtime.database.connection() as conn:
            granted, reading = (await debit(conn, {key: (own, wanted)}, NOON + timedelta(seconds=after)))[key]
        return granted, round(reading.wait, 3)

    return run


class Counting:
    """A database that counts how often it lends a connection."""

    def __init__(self, database) -> None:
        self.database, self.lent = database, 0

    def connection(self):
        self.lent += 1
        return self.database.connection()


@pytest.fixture
def counting(runtime):
    return Counting(runtime.database)


async def test_a_whole_allowance_may_be_taken_at_once_and_comes_back_evenly(take):
    assert await take(10) == (10, 0)
    assert await take(1) == (0, 1)
    assert await take(1, after=0.5) == (0, 0.5)
    assert await take(3, after=2) == (2, 1)
    assert await take(20, after=60) == (10, 1)


async def test_what_was_not_used_does_not_add_up(take):
    assert (await take(1, after=-86_400))[0] == 1
    assert (await take(100))[0] == 10


async def test_keys_do_not_share(take):
    assert await take(10, key="a") == (10, 0)
    assert await take(10, key="b") == (10, 0)


async def test_a_clock_that_goes_back_takes_nothing_away_and_gives_nothing(take):
    assert await take(10) == (10, 0)
    assert await take(1, after=-5) == (0, 6)
    assert await take(1, after=1) == (1, 0)


async def test_several_processes_grant_no_more_than_one_allowance(runtime):
    meters = [Meter(runtime.database, Clock(NOON)) for _ in range(4)]
    own = Allowance(50, 60)
    readings = await asyncio.gather(*(meter.take("a", own) for meter in meters for _ in range(40)))
    assert sum(not reading.wait for reading in readings) == 50
    assert {round(reading.wait, 3) for reading in readings if reading.wait} == {1.2}


async def test_a_process_that_takes_blocks_seldom_asks(runtime, counting):
    meter = Meter(counting, runtime.clock)
    own = Allowance(60_000, 60)
    readings = [await meter.take("a", own) for _ in range(200)]
    assert not any(reading.wait for reading in readings)
    assert own.block == 100
    assert counting.lent <= 200 // own.block + 8  # a lease that got old is taken anew


async def test_what_is_left_falls_by_one_a_request_however_much_was_taken_in_advance(runtime):
    meter = Meter(runtime.database, Clock(NOON))
    own = Allowance(100, 1)
    assert own.block == 10
    assert [(await meter.take("a", own)).remaining for _ in range(25)] == list(range(99, 74, -1))


async def test_who_has_to_wait_asks_the_database_no_more(counting):
    meter = Meter(counting, Clock(NOON))
    assert not (await meter.take("a", Allowance(1, 60))).wait
    await meter.take("a", Allowance(1, 60))
    before = counting.lent
    assert all([(await meter.take("a", Allowance(1, 60))).wait > 0 for _ in range(50)])
    assert counting.lent == before


async def test_requests_of_one_moment_are_one_statement(runtime, counting):
    meter = Meter(counting, runtime.clock)
    await asyncio.gather(*(meter.take(f"key {n}", TEN) for n in range(300)))
    assert counting.lent <= 3


async def test_everything_passes_while_the_database_is_away(runtime):
    await runtime.database.close()
    assert not (await Meter(runtime.database, runtime.clock).take("a", TEN)).wait


async def test_rates_are_forgotten_when_they_owe_nothing(runtime, take):
    await take(10, own=Allowance(10, 10 * 3_600), key="slow")
    await take(10, key="quick")
    async with runtime.database.connection() as conn:
        assert await forget_rates(conn, NOON + timedelta(hours=2)) == 1
    assert await take(1, after=7_200, own=Allowance(10, 10 * 3_600), key="slow") == (1, 0)


@pytest.mark.parametrize(("text", "read"), [("0", None), ("600/60", Allowance(600, 60)), ("1/1", Allowance(1, 1))])
def test_an_allowance_is_written_as_in_the_settings(text, read):
    assert Allowance.of(text) == read
