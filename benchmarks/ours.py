"""Headrace as a contestant."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop
from pydantic import SecretStr

from benchmarks import tasks
from benchmarks.contestant import Contestant
from benchmarks.program import chunks, payload, play, tell, timed, url, wait_for_go
from headrace.collector import spare_loaded
from headrace.db.migrate import migrate
from headrace.jobs.submit import submit as submit_jobs
from headrace.jobs.upkeep import start
from headrace.observe import logs
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.worker.process import CONNECTIONS
from headrace.worker.worker import Worker

CONCURRENCY = 2_000  # four batches: one is claimed, two run or end, one is written
COPY_SIZE = 10_000
TICK = 0.01
PARENTS = 200
COMMAND = (sys.executable, "-m", "benchmarks.ours")
# Counters say what is done without a look at a table whose statistics and dead rows are the very subject.
LEFT = """
    SELECT %(jobs)s - coalesce(sum(jobs), 0) FROM headrace.counters WHERE outcome = 'completed'
"""


def headrace(name: str = "headrace", *, task: str = "nothing") -> Contestant:
    """Return Headrace with jobs of one task."""
    return Contestant(name=name, command=COMMAND, left=LEFT, fill=("fill", task))


def install() -> None:
    migrate(url())


async def fill(task: str, jobs: int) -> None:
    """Submit any number of jobs by COPY, in transactions of ten thousand."""
    submit_many = tasks.app.tasks[f"bench.{task}"].submit_many
    async with Runtime.open(_settings(), [tasks.app], connections=1) as runtime:
        with timed():
            for numbers in chunks(jobs, COPY_SIZE):
                async with runtime.database.transaction() as conn:
                    await submit_many(conn, [payload(number) for number in numbers])


async def insert(task: str, jobs: int) -> None:
    """Submit jobs by a thousand, as the batch route does."""
    submission = tasks.app.tasks[f"bench.{task}"].submission
    async with Runtime.open(_settings(), [tasks.app], connections=1) as runtime:
        with timed():
            for numbers in chunks(jobs):
                async with runtime.database.transaction() as conn:
                    await submit_jobs(conn, [submission(payload(number)) for number in numbers])


async def fill_keyed(jobs: int) -> None:
    """Submit parents, whose children are half of the jobs, and jobs of forty tasks under a thousand limit keys."""
    children = (jobs // 2 - PARENTS) // PARENTS
    families = [tasks.parent.submission((number, children)) for number in range(PARENTS)]
    roots = range(jobs - PARENTS * (children + 1))
    keyed = (
        tasks.KEYED[number % tasks.KEYED_TASKS].submission(tasks.keyed_load(number // tasks.KEYED_TASKS))
        for number in roots
    )
    batch = [*families, *keyed]
    async with Runtime.open(_settings(), [tasks.app], connections=1) as runtime:
        for numbers in chunks(len(batch)):
            async with runtime.database.transaction() as conn:
                await submit_jobs(conn, [batch[number] for number in numbers])


async def work(concurrency: int = CONCURRENCY) -> None:
    """Run a worker as `headrace worker` does, upkeep and wake-ups included."""
    settings = _settings(concurrency)
    logs.configure(settings, process="bench")
    spare_loaded()
    async with Runtime.open(settings, [tasks.app], connections=CONNECTIONS) as runtime:
        worker = Worker(runtime)
        await runtime.models.route(None)  # loads the library of the model that jobs ask
        await asyncio.to_thread(wait_for_go)
        background = [
            asyncio.create_task(runtime.wakeups.run()),
            *start(runtime.database, runtime.wakeups, runtime.clock, runtime.duties),
        ]
        await worker.run()
        for task in background:
            task.cancel()


async def trickle(jobs: int, gap_ms: int) -> None:
    """Submit one job at a time, with a pause after each."""
    async with Runtime.open(_settings(), [tasks.app], connections=2) as runtime, _telling(runtime):
        for _ in range(jobs):
            due = time.time()
            async with runtime.database.transaction() as conn:
                await tasks.late.submit(conn, due)
            await asyncio.sleep(gap_ms / 1000)


async def pace(rate: int, seconds: int) -> None:
    """Submit at a fixed rate, whether or not anybody keeps up; each job is due when it should have been submitted."""
    async with Runtime.open(_settings(), [tasks.app], connections=2) as runtime, _telling(runtime):
        started, sent = time.time(), 0
        while (now := time.time()) < started + seconds:
            wanted = int((now - started) * rate) + 1
            async with runtime.database.transaction() as conn:
                await tasks.late.submit_many(conn, [started + number / rate for number in range(sent, wanted)])
            sent = wanted
            await asyncio.sleep(max(0, now + TICK - time.time()))
    tell(jobs=sent)


@asynccontextmanager
async def _telling(runtime: Runtime) -> AsyncIterator[None]:
    """Wake workers after commits, as every web process does."""
    telling = asyncio.create_task(runtime.wakeups.run())
    await asyncio.sleep(1)  # nobody is idle before the listeners are up
    yield
    await asyncio.sleep(0.1)
    telling.cancel()


def _settings(concurrency: int = CONCURRENCY) -> Settings:
    return Settings(database_url=SecretStr(url()), concurrency=concurrency, log_level="warning")


if __name__ == "__main__":
    play(install, fill, fill_keyed, insert, work, trickle, pace, run=uvloop.run)
