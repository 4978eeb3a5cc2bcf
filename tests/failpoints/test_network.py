"""The network between a worker and PostgreSQL is cut or falls silent: jobs go on once it is back, without a restart."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr
from tests.failpoints.conftest import steps

from headrace.jobs.upkeep import DUTIES, start
from headrace.runtime import Runtime
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio

JOBS = 60


@pytest.fixture
async def behind(settings, apps, proxy):
    """A worker that reaches its database through the proxy."""
    behind = settings.model_copy(update={"database_url": SecretStr(proxy.url)})
    async with Runtime.open(behind, apps, connections=4) as runtime:
        worker = Worker(runtime)
        duties = start(runtime.database, runtime.wakeups, runtime.clock, DUTIES)
        running = asyncio.create_task(worker.run())
        yield worker
        assert not running.done()
        worker.stop()
        await running
        for duty in duties:
            duty.cancel()


async def completed(runtime):
    async with runtime.database.connection() as conn:
        cursor = await conn.execute(
            "SELECT result, input, failures, crashes FROM headrace.jobs WHERE state = 'completed'"
        )
        return await cursor.fetchall()


async def until_completed(runtime, count):
    async with asyncio.timeout(40):
        while len(await completed(runtime)) < count:
            await asyncio.sleep(0.02)  # only the database knows


async def test_cut_connections_cost_no_job_and_no_attempt(submit, runtime, proxy, behind):
    for n in range(JOBS):
        await submit(steps, n)
    for part in (1, 2, 3):
        await until_completed(runtime, part * JOBS // 10)
        async with asyncio.timeout(40):
            while not proxy.connections:
                await asyncio.sleep(0.01)  # it is still on its way back from the cut before
        proxy.cut()
    # what a claim took whose answer was cut off comes back only after a while, or when its worker stops
    await until_nothing_moves(runtime, behind)
    rows = await completed(runtime)
    assert all((result, failures, crashes) == (n + 2, 0, 0) for result, n, failures, crashes in rows)


async def until_nothing_moves(runtime, worker):
    asked = "SELECT count(*) FROM headrace.jobs WHERE state IN ('queued', 'scheduled')"
    async with asyncio.timeout(40):
        while len(worker.slots) or await count(runtime, asked):
            await asyncio.sleep(0.02)  # only the database knows


async def count(runtime, sql):
    async with runtime.database.connection() as conn:
        return (await (await conn.execute(sql)).fetchone())[0]


async def test_worker_goes_on_after_a_silence(submit, runtime, proxy, behind):
    for n in range(JOBS):
        await submit(steps, n)
    await until_completed(runtime, JOBS // 4)
    proxy.silence()
    before = await settled(runtime)
    assert before < JOBS
    proxy.flow()
    await until_completed(runtime, JOBS)
    assert all(row[2:] == (0, 0) for row in await completed(runtime))


async def settled(runtime):
    """Return how many are done once a second has brought no more: statements on their way may still arrive."""
    done = -1
    while (now := len(await completed(runtime))) != done:
        done = now
        await asyncio.sleep(1)
    return done
