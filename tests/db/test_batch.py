"""Batching writers: everyone gets the answer to their own item, and one bad item spoils nobody else's."""

import asyncio

import psycopg
import pytest

from headrace.db.batch import Batcher
from headrace.errors import Unavailable

pytestmark = pytest.mark.anyio


async def test_items_given_together_are_written_together_in_order():
    batches: list[list[int]] = []

    async def write(items):
        batches.append(list(items))
        return [item * 10 for item in items]

    batcher = Batcher(write, name="test", linger=0.005, weigh=lambda _: 1)
    answers = await asyncio.gather(*(batcher.put(n, urgent=False) for n in range(20)))
    assert answers == [n * 10 for n in range(20)]
    assert batches == [list(range(20))]


async def test_a_batch_has_a_largest_size():
    sizes: list[int] = []

    async def write(items):
        sizes.append(len(items))
        return items

    batcher = Batcher(write, name="test", linger=0.005, weigh=lambda _: 1, most=7)
    await asyncio.gather(*(batcher.put(n) for n in range(20)))
    assert max(sizes) <= 7
    assert sum(sizes) == 20


async def test_a_batch_has_a_largest_weight_but_takes_one_heavy_item():
    batches: list[list[int]] = []

    async def write(items):
        batches.append(list(items))
        return items

    batcher = Batcher(write, name="test", linger=0.005, weigh=lambda mebibytes: mebibytes * 1024 * 1024)
    await asyncio.gather(*(batcher.put(n, urgent=False) for n in (3, 3, 3, 20, 1)))
    assert batches == [[3, 3], [3], [20], [1]]


@pytest.mark.parametrize("writers", [1, 2])
async def test_as_many_batches_are_on_their_way_as_there_are_writers(writers):
    on_their_way = most = 0

    async def write(items):
        nonlocal on_their_way, most
        on_their_way += 1
        most = max(most, on_their_way)
        for _ in range(5):
            await asyncio.sleep(0)
        on_their_way -= 1
        return items

    batcher = Batcher(write, name="test", linger=0, weigh=lambda _: 1, most=3, writers=writers)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(batcher.put(n) for n in range(20))) == list(range(20))
    assert most == writers


async def test_an_urgent_item_does_not_linger():
    async def write(items):
        return items

    batcher = Batcher(write, name="test", linger=60, weigh=lambda _: 1)
    async with asyncio.timeout(5):
        assert await batcher.put(1) == 1


async def test_a_lone_item_leaves_at_once_and_what_follows_it_leaves_together():
    batches: list[list[int]] = []

    async def write(items):
        batches.append(list(items))
        return items

    batcher = Batcher(write, name="test", linger=0, pace=60, weigh=lambda _: 1)
    async with asyncio.timeout(10):
        await batcher.put(1, urgent=False)
        for number in (2, 3):
            batcher.post(number)
            for _ in range(10):
                await asyncio.sleep(0)
        await batcher.put(4)
    assert batches == [[1], [2, 3, 4]]


async def test_what_a_full_batch_left_behind_does_not_linger_again():
    batches: list[list[int]] = []

    async def write(items):
        batches.append(list(items))
        return items

    batcher = Batcher(write, name="test", linger=0, pace=60, weigh=lambda _: 1, most=2)
    async with asyncio.timeout(10):
        for number in range(5):
            batcher.post(number)
        await batcher.settle()
    assert batches == [[0, 1], [2, 3], [4]]


async def test_a_refused_item_fails_alone():
    async def write(items):
        if 13 in items:
            raise psycopg.DataError("unlucky")
        return items

    batcher = Batcher(write, name="test", linger=0.005, weigh=lambda _: 1)
    answers = await asyncio.gather(*(batcher.put(n, urgent=False) for n in range(20)), return_exceptions=True)
    assert [answer for answer in answers if not isinstance(answer, psycopg.Error)] == [n for n in range(20) if n != 13]
    assert isinstance(answers[13], psycopg.DataError)


@pytest.mark.parametrize("outage", [psycopg.OperationalError("gone"), Unavailable("all busy")])
async def test_an_outage_is_sat_out_and_nothing_is_lost(outage):
    tries = 0

    async def write(items):
        nonlocal tries
        tries += 1
        if tries < 4:
            raise outage
        return items

    batcher = Batcher(write, name="test", linger=0, weigh=lambda _: 1)
    assert await asyncio.gather(*(batcher.put(n) for n in range(3))) == [0, 1, 2]
    assert tries == 4


async def test_settling_waits_for_what_was_given_and_not_for_what_comes_later():
    written: list[int] = []
    go_on = asyncio.Event()

    async def write(items):
        if 2 in items:
            await go_on.wait()
        written.extend(items)
        return items

    batcher = Batcher(write, name="test", linger=0, weigh=lambda _: 1, most=1)
    batcher.post(1)
    settled = asyncio.create_task(batcher.settle())
    await asyncio.sleep(0)
    batcher.post(2)
    async with asyncio.timeout(5):
        await settled
    assert written == [1]
    go_on.set()
    await batcher.settle()
    assert written == [1, 2]


async def test_a_caller_that_gives_up_does_not_stop_the_write():
    started, go_on = asyncio.Event(), asyncio.Event()
    written: list[int] = []

    async def write(items):
        started.set()
        await go_on.wait()
        written.extend(items)
        return items

    batcher = Batcher(write, name="test", linger=0, weigh=lambda _: 1)
    caller = asyncio.create_task(batcher.put(1))
    await started.wait()
    caller.cancel()
    go_on.set()
    await batcher.settle()
    assert written == [1]


async def test_after_its_patience_an_outage_is_told_to_every_caller():
    async def write(_items):
        raise psycopg.OperationalError("gone")

    batcher = Batcher(write, name="test", linger=0.005, weigh=lambda _: 1, patience=0.1)
    answers = await asyncio.gather(*(batcher.put(n) for n in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [psycopg.OperationalError] * 3
