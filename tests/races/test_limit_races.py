"""Limits under several connections: never exceeded, and no job left blocked with room under its key."""

import asyncio
import random
from contextlib import suppress

import pytest

from headrace import App, Job
from headrace.db.connect import Database
from headrace.errors import JobFinished
from headrace.ids import new_id
from headrace.jobs.cancel import cancel
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.submit import submit
from headrace.jobs.upkeep import promote
from headrace.worker.lease import register

app = App("crowded")
pytestmark = pytest.mark.anyio

CAPACITY = 3
KEYS = 7
JOBS = 400
CONNECTIONS = 5


@app.task(concurrency=CAPACITY, concurrency_per="owner")
async def narrow(_job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def database(database_url):
    opened = Database(database_url, connections=CONNECTIONS + 2)
    await opened.open()
    yield opened
    await opened.close()


async def submit_some(database: Database, chance: random.Random, count: int) -> None:
    for _ in range(count // 5):
        batch = [narrow.submission(None, owner=f"o{chance.randrange(KEYS)}") for _ in range(5)]
        async with database.transaction() as conn:
            await submit(conn, batch)


async def work(database: Database, chance: random.Random, done: asyncio.Event) -> None:
    worker, marks = new_id(), Marks(["crowded"])
    async with database.connection() as conn:
        await register(conn, worker, name="racer", queues=["crowded"], concurrency=10)
    while not done.is_set():
        async with database.connection() as conn:
            marks.rewind()
            jobs = await claim(conn, worker, marks, free=chance.randrange(1, 8))
            outcomes = [
                Outcome(lease=job.lease, ending=chance.choice([Ending.COMPLETED, Ending.FAILED, Ending.RELEASED]))
                for job in jobs
            ]
            if outcomes:
                await finish(conn, outcomes)
            await promote.run_once(conn, None)
        await asyncio.sleep(0)


async def disturb(database: Database, chance: random.Random, done: asyncio.Event) -> None:
    while not done.is_set():
        async with database.connection() as conn:
            cursor = await conn.execute(
                "SELECT id FROM headrace.jobs WHERE state IN ('queued', 'blocked') ORDER BY random() LIMIT 1"
            )
            row = await cursor.fetchone()
            if row is not None and chance.random() < 0.3:
                with suppress(JobFinished):  # it may have ended meanwhile, which is the point
                    await cancel(conn, row[0])
        await asyncio.sleep(0.005)


async def watch(database: Database, done: asyncio.Event) -> int:
    highest = 0
    while not done.is_set():
        async with database.connection() as conn:
            cursor = await conn.execute(
                "SELECT max(n) FROM (SELECT count(*) AS n FROM headrace.jobs "
                "WHERE state IN ('queued', 'running') GROUP BY limit_key) AS counts"
            )
            highest = max(highest, (await cursor.fetchone())[0] or 0)
            unfinished = await (
                await conn.execute("SELECT count(*), count(*) FILTER (WHERE finished_at IS NULL) FROM headrace.jobs")
            ).fetchone()
        if unfinished[0] >= JOBS and unfinished[1] == 0:
            done.set()
        await asyncio.sleep(0.01)
    return highest


async def test_a_limit_is_never_exceeded_and_nobody_is_left_blocked(database):
    chance = random.Random(20_261_121)
    done = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(submit_some(database, chance, JOBS // 2))
        for _ in range(3):
            group.create_task(work(database, chance, done))
        group.create_task(disturb(database, chance, done))
        watching = group.create_task(watch(database, done))
    assert 0 < watching.result() <= CAPACITY
    async with database.connection() as conn:
        cursor = await conn.execute("SELECT key, used FROM headrace.limit_keys WHERE used <> 0")
        assert await cursor.fetchall() == []
