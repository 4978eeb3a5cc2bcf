"""A job that crashed twice runs alone, but neither starves nor keeps a worker idle for long."""

from datetime import timedelta

import pytest

from headrace import App, Job
from headrace.ids import new_id
from headrace.jobs.job import Claimed, Lease
from headrace.jobs.queues import set_pause
from headrace.jobs.run import Run
from headrace.worker import lease
from headrace.worker.claimer import BESIDE_AFTER, RESERVE_AFTER, Claimer
from headrace.worker.slots import ALONE_FOR, Slots

pytestmark = pytest.mark.anyio

app = App("alone")


@app.task
async def anything(job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def seat(runtime):
    """A worker's claimer and slots, with so many jobs running."""

    async def make(running: int, *, most: int = 5) -> tuple[Claimer, Slots]:
        slots = Slots(most)
        for _ in range(running):
            slots.take(Run(busy(), runtime.database, None))
        worker = new_id()
        async with runtime.database.transaction() as conn:
            await lease.register(conn, worker, name="w", queues=["alone"], concurrency=most, now=None)
            await conn.execute("UPDATE headrace.workers SET running = %s WHERE id = %s", (running, worker))
        return Claimer(runtime, worker, ["alone"], slots), slots

    return make


@pytest.fixture
def must_run_alone(runtime, submit):
    """A queued job that crashed twice and has waited for some seconds."""

    async def make(waited: float):
        job_id = await submit(anything)
        age = "ready_at = now() - make_interval(secs => %s)"
        sql = f"UPDATE headrace.jobs SET alone = true, crashes = 2, {age} WHERE id = %s"
        async with runtime.database.connection() as conn:
            await conn.execute(sql, (waited, job_id))
        return job_id

    return make


def busy(*, alone=False):
    facts = {"run": 1, "failures": 0, "attempts": 1, "alone": alone, "owner": None, "has_history": False, "input": None}
    return Claimed(lease=Lease(new_id(), 1), task="alone.anything", queue="alone", **facts)


def ids(claimed):
    return [job.lease.job_id for job in claimed]


async def test_an_idle_worker_takes_it_at_once_and_nothing_beside_it(seat, must_run_alone, submit, runtime):
    job_id, _ = await must_run_alone(0), await submit(anything)
    claimer, slots = await seat(0)
    claimed = await claimer.claim()
    assert ids(claimed) == [job_id]
    slots.take(Run(claimed[0], runtime.database, None))
    assert await claimer.claim() == []


async def test_a_busy_worker_goes_on_for_a_while(seat, must_run_alone, submit):
    await must_run_alone(RESERVE_AFTER - 5)
    other = await submit(anything)
    claimer, _ = await seat(1)
    assert ids(await claimer.claim()) == [other]
    assert not claimer.is_reserved


async def test_then_the_worker_that_runs_least_is_reserved_and_the_others_go_on(seat, must_run_alone, submit):
    await must_run_alone(RESERVE_AFTER + 5)
    other = await submit(anything)
    (least, _), (most, _) = await seat(1), await seat(2)
    assert ids(await least.claim()) == []
    assert least.is_reserved
    assert ids(await most.claim()) == [other]
    assert not most.is_reserved


async def test_no_worker_is_reserved_for_a_paused_queue(seat, must_run_alone, runtime):
    await must_run_alone(BESIDE_AFTER + 5)
    claimer, _ = await seat(1)
    async with runtime.database.transaction() as conn:
        await set_pause(conn, "alone", ["alone"], paused=True)
    assert await claimer.claim() == []
    assert not claimer.is_reserved


async def test_after_ten_minutes_it_runs_beside_others_but_never_two_together(seat, must_run_alone, runtime):
    first, second = await must_run_alone(BESIDE_AFTER + 10), await must_run_alone(BESIDE_AFTER + 5)
    claimer, slots = await seat(2)
    claimed = await claimer.claim()
    assert ids(claimed) == [first]
    slots.take(Run(claimed[0], runtime.database, None))
    again = Claimer(runtime, claimer._worker, ["alone"], slots)
    assert await again.claim() == []
    slots.give_back(slots.get(claimed[0].lease))
    assert ids(await Claimer(runtime, claimer._worker, ["alone"], slots).claim()) == [second]


async def test_without_a_free_slot_it_is_left_where_it_is(seat, must_run_alone):
    await must_run_alone(BESIDE_AFTER + 5)
    claimer, _ = await seat(5)
    assert await claimer.claim() == []
    assert claimer.is_reserved


async def test_after_ten_minutes_alone_it_gets_company(runtime):
    now = 0.0
    slots = Slots(3, clock=lambda: now)
    slots.take(Run(busy(alone=True), runtime.database, None))
    assert slots.free == 0
    now = timedelta(seconds=ALONE_FOR + 1).total_seconds()
    assert slots.free == 2
