"""Runs and their endings: timeouts, cancels, stops, lost leases, threads that don't return."""

import asyncio
import gc
import threading
import time
from datetime import timedelta
from typing import Any
from weakref import ref

import pytest
from pydantic import SecretStr

from headrace import App, Job, Retry, SyncJob
from headrace.settings import Settings
from headrace.worker.worker import Worker

app = App("runs")
pytestmark = pytest.mark.anyio

ONCE = Retry(attempts=1)
unwound: list[str] = []
ran: list[Any] = []
hold = threading.Event()


@pytest.fixture
def apps():
    unwound.clear()
    hold.clear()
    yield [app]
    hold.set()


@pytest.fixture
def settings(database_url, provider):
    return Settings(database_url=SecretStr(database_url), stop_grace=1, openai_base_url=provider.url)


@app.task(retry=ONCE)
async def endless(_job: Job) -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        unwound.append("endless")


@app.task(retry=ONCE)
async def fleeting(job: Job, ending: str) -> None:
    ran.append(ref(asyncio.current_task()))
    await job.step("nothing", asyncio.sleep, 0)
    if ending == "parked":
        await job.wait_for("answer", int)
    if ending == "failed":
        raise ValueError("once")


@pytest.mark.parametrize("ending", ["completed", "parked", "failed"])
async def test_a_run_that_ended_leaves_no_task_to_the_collector(submit, drain, ending):
    ran.clear()
    gc.disable()
    try:
        await submit(fleeting, ending)
        await drain()
        await asyncio.sleep(0)
        assert [task() for task in ran] == [None]
    finally:
        gc.enable()


@app.task(retry=ONCE)
async def endless_steps(job: Job) -> None:
    for n in range(1_000_000):
        await job.step("tick", asyncio.sleep, 0.01, key=str(n))


@app.task(retry=ONCE)
def polite_thread(job: SyncJob) -> None:
    while True:
        job.progress(0.5)
        time.sleep(0.01)


@app.task(retry=ONCE)
def deaf_thread(_job: SyncJob) -> None:
    hold.wait(30)


@app.task(timeout=timedelta(seconds=0.2), retry=ONCE)
async def too_slow(_job: Job) -> None:
    await asyncio.sleep(30)


@app.task(timeout=timedelta(seconds=0.2), retry=ONCE)
def too_slow_thread(_job: SyncJob) -> None:
    hold.wait(30)


@app.task(retry=ONCE)
async def own_timeout(_job: Job) -> None:
    async with asyncio.timeout(0.01):
        await asyncio.sleep(30)


@app.task(timeout=timedelta(seconds=0.2), retry=Retry(attempts=2, first=timedelta(0), longest=timedelta(0)))
async def slow_at_first(job: Job) -> str:
    if job.attempt == 1:
        await asyncio.sleep(30)
    return "quick"


@app.task(retry=ONCE)
async def finishes_although_cancelled(_job: Job) -> str:
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        return "done anyway"
    return "never"


async def test_cancelling_a_running_job_stops_it_and_leaves_a_receipt(worker, submit, until, ask_to_cancel):
    job_id = await submit(endless)
    await until(job_id, "running")
    await ask_to_cancel(job_id)
    row = await until(job_id, "cancelled")
    assert row["cancellation"]["stopped"] == "unwound"
    assert row["cancellation"]["took_ms"] >= 0
    assert unwound == ["endless"]


async def test_cancelling_reaches_a_thread_at_its_next_report(worker, submit, until, ask_to_cancel):
    job_id = await submit(polite_thread)
    await until(job_id, "running")
    await ask_to_cancel(job_id)
    assert (await until(job_id, "cancelled"))["cancellation"]["stopped"] == "unwound"


async def test_a_thread_that_does_not_stop_is_named_in_the_receipt_and_keeps_its_slot(
    worker, submit, until, ask_to_cancel
):
    job_id = await submit(deaf_thread)
    await until(job_id, "running")
    await ask_to_cancel(job_id)
    assert (await until(job_id, "cancelled"))["cancellation"]["stopped"] == "thread_abandoned"
    assert len(worker.slots) == 1
    hold.set()
    async with asyncio.timeout(20):
        while len(worker.slots):
            await asyncio.sleep(0.01)


@app.task(retry=ONCE)
def waits_for_a_model(job: SyncJob) -> str:
    return job.ai.text("never answered", model="openai:silent")


async def test_cancelling_reaches_a_thread_that_waits_for_a_model(provider, worker, submit, until, ask_to_cancel):
    provider.hang()
    job_id = await submit(waits_for_a_model)
    async with asyncio.timeout(40):  # the first time imports the SDK
        while not provider.requests:
            await asyncio.sleep(0.01)
    await ask_to_cancel(job_id)
    row = await until(job_id, "cancelled")
    assert row["cancellation"]["stopped"] == "unwound"


async def test_a_success_in_spite_of_a_cancel_stands(worker, submit, until, ask_to_cancel):
    job_id = await submit(finishes_although_cancelled)
    await until(job_id, "running")
    await ask_to_cancel(job_id)
    row = await until(job_id, "completed", "cancelled")
    assert (row["state"], row["result"], row["cancellation"]["stopped"]) == ("completed", "done anyway", "too_late")


async def test_a_run_over_its_timeout_fails(worker, submit, until):
    row = await until(await submit(too_slow), "failed")
    assert row["error"]["code"] == "timeout"
    assert "0.2 s" in row["error"]["message"]


async def test_a_timed_out_thread_fails_and_the_error_says_it_is_still_there(worker, submit, until):
    row = await until(await submit(too_slow_thread), "failed")
    assert row["error"]["code"] == "timeout"
    assert "keeps its slot" in row["error"]["message"]


async def test_a_timeout_of_the_tasks_own_is_an_ordinary_failure(worker, submit, until):
    row = await until(await submit(own_timeout), "failed")
    assert (row["error"]["code"], row["error"]["type"]) == ("exception", "builtins.TimeoutError")


async def test_a_timed_out_run_is_tried_again(submit, drain, job):
    job_id = await submit(slow_at_first)
    await drain()
    assert ((await job(job_id))["result"], (await job(job_id))["failures"]) == ("quick", 1)


async def test_a_soft_stop_releases_a_job_at_its_next_step_boundary_at_no_cost(runtime, submit, until, job):
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    job_id = await submit(endless_steps)
    async with asyncio.timeout(10):
        while (await job(job_id))["event_seq"] < 3:
            await asyncio.sleep(0.01)
    worker.stop()
    await running
    row = await job(job_id)
    assert (row["state"], row["failures"], row["crashes"]) == ("queued", 0, 0)
    async with runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT state FROM headrace.workers WHERE id = %s", (worker.id,))
        assert await cursor.fetchone() == ("stopped",)


async def test_after_the_grace_a_stop_cancels_what_does_not_unwind_and_releases_it(runtime, submit, until):
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    job_id = await submit(endless)
    await until(job_id, "running")
    worker.stop()
    await running
    assert (await until(job_id, "queued"))["failures"] == 0
    assert unwound == ["endless"]


async def test_a_run_whose_lease_was_lost_writes_no_outcome(worker, submit, until, runtime, job):
    job_id = await submit(endless_steps)
    await until(job_id, "running")
    async with runtime.database.connection() as conn:
        await conn.execute(
            "UPDATE headrace.jobs SET fence = fence + 1, state = 'scheduled', run_at = '2999-01-01' WHERE id = %s",
            (job_id,),
        )
    async with asyncio.timeout(20):
        while len(worker.slots):
            await asyncio.sleep(0.01)
    assert (await job(job_id))["state"] == "scheduled"


async def test_a_task_the_worker_does_not_know_goes_back_for_ten_seconds(worker, submit, until, runtime, job):
    async with runtime.database.transaction() as conn:
        job_id = (await endless.submit(conn)).id
        await conn.execute("UPDATE headrace.jobs SET task = 'runs.from_the_next_release' WHERE id = %s", (job_id,))
    row = await until(job_id, "scheduled")
    assert 9 < (row["run_at"] - row["started_at"]).total_seconds() < 30
    assert row["failures"] == 0
