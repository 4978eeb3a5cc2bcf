"""Two schedulers at once: one job per planned time."""

import asyncio
from datetime import timedelta

import pytest

from headrace.schedules.declare import declare
from headrace.schedules.edit import delete
from headrace.schedules.fire import fire

pytestmark = pytest.mark.anyio


@pytest.fixture
def together():
    """Run works at the same moment."""

    async def run(*works):
        barrier = asyncio.Barrier(len(works))

        async def one(work):
            await barrier.wait()
            return await work()

        return await asyncio.gather(*(one(work) for work in works))

    return run


async def test_while_one_scheduler_fires_another_finds_nothing_to_do(runtime, clock, make, rows):
    await make()
    clock.advance(timedelta(minutes=1))
    async with runtime.database.transaction() as first:
        assert (await fire(first, runtime.tasks, clock.now)).rows == 1
        async with asyncio.timeout(5), runtime.database.transaction() as second:
            assert (await fire(second, runtime.tasks, clock.now)).rows == 0
    async with runtime.database.transaction() as second:
        assert (await fire(second, runtime.tasks, clock.now)).rows == 0
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(1,)]


async def test_a_scheduler_that_dies_before_its_commit_leaves_the_time_to_the_next(
    runtime, clock, make, fire_now, rows
):
    await make()
    clock.advance(timedelta(minutes=1))
    with pytest.raises(ConnectionError):
        async with runtime.database.transaction() as conn:
            await fire(conn, runtime.tasks, clock.now)
            raise ConnectionError
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(0,)]
    assert await fire_now() == 1


async def test_many_schedulers_make_one_job_per_planned_time(clock, make, fire_now, rows, together):
    for number in range(40):
        await make(name=f"s{number:02}", missed="all")
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        while any(await together(*[fire_now] * 4)):
            pass
    assert await rows("SELECT count(*), count(DISTINCT job_id) FROM headrace.schedule_firings") == [(400, 400)]
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(400,)]


async def test_processes_that_start_at_once_declare_each_schedule_once(runtime, apps, clock, together, rows):
    [app] = apps
    await rows("DELETE FROM headrace.schedules")

    async def start():
        async with runtime.database.transaction() as conn:
            return await declare(conn, list(app.schedules.values()), [app.name], tasks=app.tasks, now=clock.now)

    assert sorted(await together(*[start] * 4)) == [0, 0, 0, 1]


async def test_a_schedule_deleted_while_it_fires_takes_its_firings_along_and_leaves_the_job(runtime, clock, make, rows):
    await make()
    clock.advance(timedelta(minutes=1))

    async def remove():
        async with runtime.database.transaction() as conn:
            await delete(conn, "by-hand")

    async with runtime.database.transaction() as conn:
        await fire(conn, runtime.tasks, clock.now)
        removing = asyncio.create_task(remove())
        await asyncio.wait({removing}, timeout=0.1)
        assert not removing.done()
    await removing
    assert await rows("SELECT count(*) FROM headrace.schedule_firings") == [(0,)]
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(1,)]
