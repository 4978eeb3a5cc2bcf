"""Guessing passwords gets slower and slower, and locks nobody out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from headrace.accounts import guessing
from headrace.accounts.guessing import TooManyAttempts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
VICTIM, HOME, AWAY = "victim@example.com", "203.0.113.5", "198.51.100.7"


@pytest.fixture
def attempt(runtime):
    """Try to sign in some seconds after noon; returns the seconds to wait, 0 if the password is looked at."""

    async def run(account: str = VICTIM, address: str | None = AWAY, *, after: float = 0) -> float:
        now = NOON + timedelta(seconds=after)
        try:
            await guessing.admit(runtime.database, runtime.keyring, account=account, address=address, now=now)
        except TooManyAttempts as error:
            return error.retry_after.total_seconds()
        return 0

    return run


@pytest.fixture
def sign_in(runtime):
    async def run(account: str = VICTIM, address: str | None = HOME, *, after: float = 0) -> None:
        now = NOON + timedelta(seconds=after)
        await guessing.admit(runtime.database, runtime.keyring, account=account, address=address, now=now)
        await guessing.forgive(runtime.database, runtime.keyring, account=account, address=address, now=now)

    return run


async def test_each_attempt_after_the_fifth_waits_twice_as_long_up_to_five_minutes(attempt):
    assert [await attempt() for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    at, waits = 1.0, []
    for _ in range(10):
        assert await attempt(after=at) == 0
        waits.append(await attempt(after=at))
        at += waits[-1]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_a_thousand_at_once_are_counted_each(attempt):
    passed = await asyncio.gather(*(attempt() for _ in range(50)))
    assert sum(not wait for wait in passed) == 5


async def test_attempts_from_many_addresses_slow_the_account_down(attempt):
    waits = [await attempt(address=f"10.0.{n}.1") for n in range(30)]
    assert waits[:20] == [0] * 20
    assert all(0 < wait <= 60 for wait in waits[20:])


async def test_who_signed_in_there_before_is_not_locked_out_by_others(attempt, sign_in):
    await sign_in(address=HOME)
    for n in range(100):
        await attempt(address=f"10.0.{n}.1", after=10)
    assert await attempt(address="10.1.1.1", after=10) > 0
    assert await attempt(address=HOME, after=10) == 0


async def test_a_known_address_is_bounded_all_the_same(attempt, sign_in):
    await sign_in(address=HOME)
    assert [await attempt(address=HOME) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


async def test_one_address_that_tries_many_accounts_is_slowed_down(attempt):
    waits = [await attempt(account=f"user{n}@example.com") for n in range(110)]
    assert waits[:100] == [0] * 100
    assert all(waits[100:])


async def test_the_neighbours_in_a_64_count_as_one_address(attempt):
    assert [await attempt(address=f"2001:db8::{n}") for n in range(6)][-1] == 1
    assert await attempt(address="2001:db8:0:1::1") == 0


async def test_signing_in_forgives_and_a_day_forgets(attempt, sign_in):
    for _ in range(4):
        await attempt(address=HOME)
    await sign_in(address=HOME)
    assert [await attempt(address=HOME) for _ in range(5)] == [0] * 5
    assert await attempt(address=HOME) == 1
    assert [await attempt(address=HOME, after=90_000) for _ in range(5)] == [0] * 5


async def test_how_the_account_is_written_makes_no_difference_nor_does_its_absence(attempt):
    waits = [await attempt(account=name) for name in ("Nobody@x.org", "nobody@X.ORG ", "NOBODY@x.org") * 2]
    assert waits == [0, 0, 0, 0, 0, 1]


async def test_the_table_names_nobody(runtime, attempt):
    await attempt()
    async with runtime.database.connection() as conn:
        rows = await (await conn.execute("SELECT t::text FROM headrace.sign_in_attempts AS t")).fetchall()
        assert len(rows) == 3
        assert not any(VICTIM in row or AWAY in row for (row,) in rows)
        assert await guessing.forget_attempts(conn, NOON + timedelta(days=2)) == 3
