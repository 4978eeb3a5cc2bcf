"""A worker that is stopped while it claims, and batches that can't be written: nobody else pays."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager

import pytest

from headrace import App, Job, SyncJob
from headrace.db.batch import Batcher
from headrace.db.connect import Database
from headrace.ids import new_id
from headrace.jobs.cancel import cancel
from headrace.jobs.halt import Halt, Unwind
from headrace.jobs.job import Claimed, Lease
from headrace.jobs.run import Run
from headrace.runtime import Runtime
from headrace.worker.claimer import Claimer
from headrace.worker.slots import Slots
from headrace.worker.worker import Worker

app = App("races")


@app.task(name="run")
async def rest(_job: Job) -> None:
    await asyncio.sleep(60)


@app.task
async def odd_words(job: Job) -> str:
    job.log("odd", level="\ud800")
    return "done"


@app.task
async def odd_step(job: Job) -> int:
    return await job.step("\ud800", lambda: 1)


@app.task
async def plain(job: Job) -> int:
    job.log("plain")
    return await job.step("one", lambda: 1)


gates: list[threading.Event] = []


@app.task
def deaf(_job: SyncJob) -> None:
    gates[-1].wait(60)


pytestmark = pytest.mark.anyio


@pytest.fixture
def until():
    """Wait for a condition with a deadline."""

    async def run(condition, seconds=15):
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.01)

    return run


@pytest.fixture
def apps():
    return [app]


class Slow(Database):
    """A database whose claims are committed long before the worker hears of it."""

    def __init__(self, url):
        super().__init__(url, connections=4)
        self.claimed = asyncio.Event()
        self.go_on = asyncio.Event()

    @asynccontextmanager
    async def connection(self):
        async with super().connection() as conn:
            yield conn
        if not self.claimed.is_set():
            async with super().connection() as conn:
                row = await (
                    await conn.execute("SELECT count(*) FROM headrace.jobs WHERE state = 'running'")
                ).fetchone()
            if row[0]:
                self.claimed.set()
                await self.go_on.wait()


async def test_a_worker_stopped_while_its_claim_is_answered_gives_the_jobs_back_as_no_crash(arena, runtime):
    database = Slow(arena.url)
    await database.open()
    slow = Runtime(runtime.settings, database, runtime.clock, runtime.wakeups, runtime.apps, runtime.models)
    await arena.submit(5)
    worker = Worker(slow)
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await database.claimed.wait()
        worker.stop()
        await asyncio.sleep(0)
        database.go_on.set()
        await working
    await database.close()
    states = await (
        await arena.watcher.execute("SELECT DISTINCT state, crashes, failures FROM headrace.jobs")
    ).fetchall()
    assert states == [("queued", 0, 0)]


async def test_a_job_that_reports_what_can_not_be_written_stops_no_other(submit, drain, job):
    odd = [await submit(odd_words), await submit(odd_step)]
    good = [await submit(plain) for _ in range(20)]
    await drain(patience=15)
    assert {(await job(id_))["state"] for id_ in good} == {"completed"}
    assert (await job(odd[0]))["result"] == "done"
    assert (await job(odd[1]))["state"] in {"failed", "scheduled"}


async def test_a_refused_item_gets_its_error_and_its_neighbours_their_answers():
    async def write(items):
        if "bad" in items:
            raise TypeError("bad can't be written")
        return [item.upper() for item in items]

    batcher = Batcher(write, name="test", linger=0.001, weigh=len)
    answers = await asyncio.gather(*(batcher.put(text) for text in ("a", "bad", "b")), return_exceptions=True)
    assert (answers[0], answers[2]) == ("A", "B")
    assert isinstance(answers[1], TypeError)
    await batcher.settle()


async def test_batches_stay_below_eight_megabytes_unless_one_item_is_larger():
    sizes = []

    async def write(items):
        sizes.append([item // 1024**2 for item in items])
        return items

    batcher = Batcher(write, name="test", linger=0.001, weigh=lambda item: item)
    await asyncio.gather(*(batcher.put(n * 1024**2) for n in (3, 3, 3, 9, 1, 1)))
    assert sizes == [[3, 3], [3], [9], [1, 1]]


async def test_only_code_that_runs_can_be_overdue(runtime):
    slots = Slots(2)
    run = Run(claimed_job(), runtime.database, None)
    run.deadline = time.monotonic() - 100
    slots.take(run)
    assert slots.overdue(time.monotonic()) == []  # ended; the database is away, so its outcome waits
    run.is_executing = True
    assert len(slots.overdue(time.monotonic())) == 1


async def test_a_job_that_must_run_alone_is_found_by_a_worker_whose_claims_went_past_it(arena, runtime):
    [alone] = await arena.submit()
    await arena.watcher.execute("UPDATE headrace.jobs SET alone = true, crashes = 2")
    await arena.submit(3)
    slots = Slots(10)
    claimer = Claimer(runtime, await arena.worker(), ["races"], slots)
    busy = Run(claimed_job(), runtime.database, None)
    slots.take(busy)
    assert len(await claimer.claim()) == 3
    slots.give_back(busy)
    claimer._alone_checked = 0.0
    assert [job.lease.job_id for job in await claimer.claim()] == [alone]


def claimed_job():
    return Claimed(
        lease=Lease(new_id(), 1), task="t", queue="q", run=1, failures=0, attempts=1, alone=False, owner=None,
        has_history=False, input=None,
    )  # fmt: skip


async def test_a_thread_that_never_returns_does_not_keep_a_job_that_must_run_alone_waiting(
    arena, submit, runtime, until
):
    gate = threading.Event()
    gates.append(gate)
    worker = Worker(runtime)
    working = asyncio.create_task(worker.run())
    try:
        stuck = await submit(deaf)
        await until(lambda: arena.count("SELECT count(*) FROM headrace.jobs WHERE state = 'running'"))
        await cancel(arena.watcher, stuck)
        await until(lambda: arena.count("SELECT count(*) FROM headrace.jobs WHERE state = 'cancelled'"))
        async with arena.watcher.transaction():  # or the worker claims it before it has to run alone
            await arena.submit()
            await arena.watcher.execute(
                """
                UPDATE headrace.jobs SET alone = true, crashes = 2, ready_at = now() - interval '1 minute'
                WHERE state = 'queued'
                """
            )
        async with asyncio.timeout(20):
            await working  # it ends by itself, so that its supervisor starts another
    finally:
        gate.set()
        worker.stop()
        await working
    assert not worker.is_dead


async def test_a_soft_stop_ends_every_branch_that_waits_for_the_steps_in_flight():
    halt = Halt()
    halt.begin_step()
    halt.softly()
    branches = [asyncio.create_task(halt.boundary()) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(branch.done() for branch in branches)
    halt.end_step()
    async with asyncio.timeout(20):
        ends = await asyncio.gather(*(ended(branch) for branch in branches))
    assert ends == [Unwind] * 3


async def ended(branch):
    try:
        await branch
    except Unwind as end:
        return type(end)
    return None
