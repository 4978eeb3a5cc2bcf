"""How tasks in processes of their own end: kills, stops, limits, crashes, the worker's death."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from headrace import App, Job, Retry, SyncJob
from headrace.jobs.job import Submission
from headrace.jobs.submit import submit as put
from headrace.settings import Settings
from headrace.worker.worker import Worker

app = App("ending")
pytestmark = pytest.mark.anyio

ONCE = Retry(attempts=1)
TWICE = Retry(attempts=2, first=timedelta(0), longest=timedelta(0))


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def settings(database_url, provider):
    return Settings(
        database_url=SecretStr(database_url), stop_grace=1, processes=2, concurrency=5, openai_base_url=provider.url
    )


@app.task(executor="process", retry=ONCE)
def who_am_i(job: SyncJob) -> int:
    return os.getpid()


@app.task(executor="process", retry=ONCE)
def busy(job: SyncJob) -> None:
    job.log(str(os.getpid()))
    while True:
        pass


@app.task(executor="process", retry=ONCE)
def polite(job: SyncJob) -> None:
    job.log(str(os.getpid()))
    while True:
        job.progress(0.5)
        time.sleep(0.01)


@app.task(executor="process", retry=ONCE)
def with_a_program_of_its_own(job: SyncJob) -> None:
    program = subprocess.Popen(["sleep", "1000"])
    job.log(str(program.pid))
    program.wait()


@app.task(executor="process", retry=ONCE, timeout=timedelta(seconds=0.3))
def too_slow(job: SyncJob) -> None:
    job.log(str(os.getpid()))
    time.sleep(1000)


async def test_cancelling_kills_a_process_that_does_not_stop(
    worker, submit, until, until_noted, ask_to_cancel, until_gone
):
    job_id = await submit(busy)
    pid = await until_noted(job_id)
    await ask_to_cancel(job_id)
    row = await until(job_id, "cancelled")
    assert row["cancellation"]["stopped"] == "killed"
    assert row["cancellation"]["took_ms"] >= 0
    await until_gone(pid)
    assert (await until(await submit(who_am_i), "completed"))["result"] != int(pid)


async def test_cancelling_reaches_a_process_at_its_next_report(worker, submit, until, until_noted, ask_to_cancel):
    job_id = await submit(polite)
    pid = await until_noted(job_id)
    await ask_to_cancel(job_id)
    assert (await until(job_id, "cancelled"))["cancellation"]["stopped"] == "unwound"
    assert (await until(await submit(who_am_i), "completed"))["result"] == int(pid)


async def test_what_a_job_started_is_killed_with_its_process(
    worker, submit, until, until_noted, ask_to_cancel, is_alive, until_gone
):
    job_id = await submit(with_a_program_of_its_own)
    pid = await until_noted(job_id)
    assert is_alive(int(pid))
    await ask_to_cancel(job_id)
    await until(job_id, "cancelled")
    await until_gone(pid)


async def test_a_run_over_its_timeout_is_killed(worker, submit, until, until_noted, until_gone):
    job_id = await submit(too_slow)
    row = await until(job_id, "failed")
    assert row["error"]["code"] == "timeout"
    assert row["error"]["message"].endswith("0.3 s; its process was killed.")
    await until_gone(await until_noted(job_id))


async def test_a_soft_stop_unwinds_at_the_next_report_and_releases_the_job(runtime, submit, job, until_noted):
    patient = runtime.settings.model_copy(update={"stop_grace": 30})
    worker = Worker(replace(runtime, settings=patient))
    running = asyncio.create_task(worker.run())
    job_id = await submit(polite)
    await until_noted(job_id)
    began = time.monotonic()
    worker.stop()
    await running
    row = await job(job_id)
    assert (row["state"], row["failures"], row["crashes"]) == ("queued", 0, 0)
    assert time.monotonic() - began < 20


async def test_jobs_that_wait_for_a_process_are_released_at_once_when_the_worker_stops(
    runtime, submit, job, until, until_noted, logged
):
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    ids = [await submit(polite) for _ in range(4)]
    for job_id in ids:
        await until(job_id, "running")
    await until_noted(ids[0])
    assert sum([bool(await logged(job_id)) for job_id in ids]) <= 2
    worker.stop()
    await running
    assert [(await job(job_id))["state"] for job_id in ids] == ["queued"] * 4


async def test_a_job_that_waits_for_a_process_can_be_cancelled(
    worker, submit, until, until_noted, logged, ask_to_cancel
):
    held = [await submit(busy) for _ in range(2)]
    for job_id in held:
        await until_noted(job_id)
    waiting = await submit(busy)
    await until(waiting, "running")
    await ask_to_cancel(waiting)
    assert (await until(waiting, "cancelled"))["cancellation"]["stopped"] == "unwound"
    assert await logged(waiting) == []


@app.task(executor="process", retry=ONCE)
def falls_silent(job: SyncJob) -> None:
    os.closerange(3, 100)
    time.sleep(1000)


async def test_a_process_that_closes_its_pipes_is_ended(submit, drain, job):
    job_id = await submit(falls_silent)
    await drain()
    assert (await job(job_id))["error"]["code"] == "process_died"


@app.task(executor="process", retry=TWICE)
def crashes(job: SyncJob, how: str) -> str:
    if job.attempt == 2:
        return "went well"
    if how == "segfault":
        ctypes.string_at(0)
    if how == "abort":
        os.abort()
    os._exit(3)


@app.task(executor="process", retry=ONCE)
def crashes_once(job: SyncJob) -> None:
    os.abort()


@app.task(retry=ONCE)
async def bystander(job: Job) -> str:
    await asyncio.sleep(1)
    return "unharmed"


@pytest.mark.parametrize("how", ["segfault", "abort", "exit"])
async def test_a_crash_fails_its_run_alone_and_is_tried_again(submit, drain, job, how):
    beside = await submit(bystander)
    job_id = await submit(crashes, how)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], row["failures"], row["crashes"]) == ("completed", "went well", 1, 0)
    row = await job(beside)
    assert (row["result"], row["runs"]) == ("unharmed", 1)


async def test_the_error_of_a_crash_names_its_signal(submit, drain, job):
    job_id = await submit(crashes_once)
    await drain()
    error = (await job(job_id))["error"]
    assert error["code"] == "process_died"
    assert "SIGABRT" in error["message"]


@app.task(executor="process", retry=ONCE, memory_mib=256)
def hungry(job: SyncJob) -> int:
    return len(bytearray(1024**3))


@app.task(executor="process", retry=ONCE)
def frugal(job: SyncJob) -> int:
    return len(bytearray(300 * 1024**2))


async def test_memory_over_the_limit_fails_the_run_and_says_the_limit(submit, drain, job):
    limited, free = await submit(hungry), await submit(frugal)
    await drain()
    error = (await job(limited))["error"]
    assert error["code"] == "memory_exceeded"
    assert "256 MiB" in error["message"]
    assert (await job(free))["result"] == 300 * 1024**2


async def test_the_worker_turns_while_processes_compute(worker, submit, until_noted):
    ids = [await submit(busy) for _ in range(2)]
    for job_id in ids:
        await until_noted(job_id)
    gaps = []
    for _ in range(100):
        began = time.monotonic()
        await asyncio.sleep(0.005)
        gaps.append(time.monotonic() - began)
    assert sorted(gaps)[50] < 0.1


# -- the worker's death

MINE = """
import os, re, subprocess, time
from headrace import App, Retry, SyncJob

app = App("mine")

@app.task(executor="process", retry=Retry(attempts=1))
def stuck(job: SyncJob) -> None:
    job.log(f"{os.getpid()} {subprocess.Popen(['sleep', '1000']).pid}")
    time.sleep(0.2)
    re.match("(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock for years
"""


async def test_a_process_in_c_code_and_what_it_started_end_when_their_worker_is_killed(
    runtime, tmp_path, database_url, logged, is_alive, until_gone
):
    script = tmp_path / "my-app.py"
    script.write_text(MINE)
    async with runtime.database.connection() as conn:
        [submitted] = await put(conn, [Submission(task="mine.stuck", queue="mine", input=b"{}")])
    environment = {**os.environ, "HEADRACE_DATABASE_URL": database_url}
    worker = subprocess.Popen(  # noqa: ASYNC220 - takes milliseconds
        [sys.executable, "-m", "headrace", "worker", "my-app.py"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(20):
            while not (said := await logged(submitted.id)):
                await asyncio.sleep(0.02)
        pids = said[0].split()
        await asyncio.sleep(0.3)
        assert all(is_alive(pid) for pid in pids)
    finally:
        worker.kill()
        worker.wait()
    try:
        await until_gone(*pids)
    finally:
        for pid in filter(is_alive, pids):
            os.kill(int(pid), signal.SIGKILL)
