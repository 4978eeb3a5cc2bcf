"""Two processes at the same duty: one does it, once."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from headrace.db.connect import Database
from headrace.db.query import query
from headrace.db.wake import Wakeups
from headrace.jobs.upkeep import PROMOTE, RESCUE, perform

pytestmark = pytest.mark.anyio


@pytest.fixture
async def processes(arena):
    """What two processes have: a database and wake-ups each."""
    databases = [Database(arena.url, connections=1) for _ in range(2)]
    for database in databases:
        await database.open()
    yield [(database, Wakeups(database)) for database in databases]
    for database in databases:
        await database.close()


async def test_a_process_does_nothing_while_another_is_at_the_duty(arena, processes):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    other = await arena.connect()
    async with other.transaction():
        await other.execute(query("headrace.jobs.upkeep", "take_duty"), {"key": RESCUE.lock})
        async with asyncio.timeout(20):
            assert await perform(RESCUE, *processes[0]) == 0
    assert await perform(RESCUE, *processes[0]) == 1
    assert (await arena.row(claimed.lease.job_id))["crashes"] == 1


async def test_two_sweeps_at_once_rescue_each_job_once(arena, processes, together):
    await arena.submit(200)
    for _ in range(4):
        worker = await arena.worker()
        assert len(await arena.claim(worker, free=50)) == 50
        await arena.expire(worker)
    rows = await together([partial(perform, RESCUE, *process) for process in processes])
    assert sum(rows) == 200
    assert (
        await arena.count("SELECT count(*) FROM headrace.jobs WHERE crashes = 1 AND fence = 2 AND state = 'queued'")
        == 200
    )
    assert await arena.count("SELECT count(*) FROM headrace.job_runs WHERE outcome = 'crashed'") == 200


async def test_two_promotions_at_once_queue_each_job_once(arena, processes, together):
    await arena.submit(300)
    await arena.watcher.execute("UPDATE headrace.jobs SET state = 'scheduled', run_at = now(), ready_at = NULL")
    rows = await together([partial(perform, PROMOTE, *process) for process in processes])
    assert sum(rows) == 300
    assert (
        await arena.count("SELECT count(*) FROM headrace.jobs WHERE state = 'queued' AND ready_at IS NOT NULL") == 300
    )


async def test_a_job_that_is_being_cancelled_is_not_promoted(arena, processes):
    from headrace.jobs.cancel import cancel

    [job_id] = await arena.submit()
    await arena.watcher.execute("UPDATE headrace.jobs SET state = 'scheduled', run_at = now(), ready_at = NULL")
    conn = await arena.connect()
    async with conn.transaction():
        await cancel(conn, job_id)
        async with asyncio.timeout(20):
            assert await perform(PROMOTE, *processes[0]) == 0
    assert await perform(PROMOTE, *processes[0]) == 0
    assert (await arena.row(job_id))["state"] == "cancelled"
