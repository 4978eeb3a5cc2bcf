"""What tests of runs need: a worker that goes on, and ways to wait for a job and to cancel it."""

import asyncio
from pathlib import Path

import pytest

from headrace.db.wake import CANCEL
from headrace.jobs.cancel import cancel
from headrace.worker.worker import Worker


@pytest.fixture
async def worker(runtime):
    made = Worker(runtime)
    running = asyncio.create_task(made.run())
    yield made
    made.stop()
    await running


@pytest.fixture
def until(job):
    """Wait until a job is in one of these states and return its row."""

    async def wait(job_id, *states):
        async with asyncio.timeout(20):
            while (row := await job(job_id))["state"] not in states:
                await asyncio.sleep(0.01)
        return row

    return wait


@pytest.fixture
def ask_to_cancel(runtime):
    async def ask(job_id):
        async with runtime.database.connection() as conn:
            await cancel(conn, job_id)
        runtime.wakeups.mark({CANCEL})

    return ask


@pytest.fixture
def events(runtime):
    """Return the type and data of what a job reported."""

    async def read(job_id):
        sql = "SELECT type, data FROM headrace.job_events WHERE job_id = %s ORDER BY seq"
        async with runtime.database.connection() as conn:
            return await (await conn.execute(sql, (job_id,))).fetchall()

    return read


@pytest.fixture
def logged(events):
    """Return a job's log lines."""

    async def read(job_id):
        return [data["message"] for kind, data in await events(job_id) if kind == "log"]

    return read


@pytest.fixture
def until_noted(logged):
    """Wait for a job's first log line and return what it says."""

    async def wait(job_id):
        async with asyncio.timeout(20):
            while not (said := await logged(job_id)):
                await asyncio.sleep(0.01)
        return said[0]

    return wait


@pytest.fixture
def is_alive():
    """Say whether a process runs (one that ended and is not yet buried doesn't)."""

    def look(pid):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        return state != "Z"

    return look


@pytest.fixture
def until_gone(is_alive):
    """Wait until no process of these runs."""

    async def wait(*pids):
        async with asyncio.timeout(10):
            while any(is_alive(pid) for pid in pids):
                await asyncio.sleep(0.02)

    return wait
