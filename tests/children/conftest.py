"""What tests of children need: workers that go on, and a way to wait for a job."""

import asyncio

import pytest
from psycopg.rows import dict_row

from headrace.jobs.upkeep import start
from headrace.worker.worker import Worker


@pytest.fixture
async def working(runtime):
    """A worker and its upkeep, until the test ends."""
    tasks = [
        asyncio.create_task(runtime.wakeups.run()),
        *start(runtime.database, runtime.wakeups, runtime.clock, runtime.duties),
    ]
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    yield worker
    worker.stop()
    await running
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def until(job):
    """Wait until a job is in one of these states and return its row."""

    async def wait(job_id, *states):
        async with asyncio.timeout(30):
            while (row := await job(job_id))["state"] not in states:
                await asyncio.sleep(0.01)
        return row

    return wait


@pytest.fixture
def children(runtime):
    """Read a job's children, in the order of their calls and places."""

    async def read(job_id):
        sql = """
            SELECT j.* FROM headrace.job_calls AS c JOIN headrace.job_children AS m ON m.call_id = c.id
            JOIN headrace.jobs AS j ON j.id = m.child_id WHERE c.parent_id = %s ORDER BY c.id, m.place
        """
        async with runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql, (job_id,))
            return await cursor.fetchall()

    return read
