"""`headrace worker --until-empty`: fire what is due, do what is ready, exit 0."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest

from headrace import App, Job, Retry, RetryLater
from headrace.jobs.job import Submission
from headrace.jobs.queues import set_pause
from headrace.jobs.submit import submit_sync
from headrace.worker.emptying import LOOK_EVERY, begin
from headrace.worker.process import serve
from headrace.worker.stop import Stop

pytestmark = pytest.mark.anyio

app = App("errands")
others = App("others")

PROGRAM = """
from headrace import App, Job, Retry
app = App("errands")

@app.schedule("0 6 * * *")
async def morning(job: Job) -> str:
    return "done"

@app.task(retry=Retry(attempts=1))
async def fall(job: Job) -> None:
    raise RetryLater("fell", after=timedelta(hours=1))
"""


@app.schedule("0 6 * * *")
async def morning(job: Job) -> str:
    return "done"


@app.task
async def count(job: Job, number: int) -> int:
    """Submits the next smaller number, so that the queue is not empty until zero."""

    async def submit_next(session) -> None:
        await count.submit(session, number - 1)

    if number:
        await job.transaction("next", submit_next)
    return number


@app.task
async def take_long(job: Job) -> int:
    """Takes longer than some looks at the queue, and ends at a step boundary if its worker is stopping."""
    await asyncio.sleep(4 * LOOK_EVERY)
    return await job.step("end", abs, -1, returns=int)


@app.task(retry=Retry(attempts=2))
async def fall(job: Job) -> None:
    raise RetryLater("fell", after=timedelta(hours=1))


@others.task
async def elsewhere(job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app, others]


@pytest.fixture
def run_until_empty(settings):
    """Run a worker of some apps to its own end."""

    async def run(*apps, **changes):
        async with asyncio.timeout(20):
            stop = Stop(asyncio.get_running_loop())
            await serve(settings.model_copy(update=changes), apps or [app], stop, until_empty=True)

    return run


@pytest.fixture
def states(runtime):
    """How many jobs of each task are in which state."""

    async def read():
        async with runtime.database.connection() as conn:
            sql = "SELECT task, state, count(*)::int FROM headrace.jobs GROUP BY 1, 2 ORDER BY 1, 2"
            return {(task, state): n for task, state, n in await (await conn.execute(sql)).fetchall()}

    return read


@pytest.fixture
def set_clock_of_schedules(runtime):
    """Let every schedule have been due for some days."""

    async def run(days=3):
        async with runtime.database.connection() as conn:
            await conn.execute("UPDATE headrace.schedules SET next_at = next_at - make_interval(days => %s)", (days,))

    return run


async def test_with_nothing_to_do_it_ends(run_until_empty, states):
    await run_until_empty()
    assert await states() == {}


async def test_what_is_ready_is_done_and_what_that_submits_too(run_until_empty, submit, states):
    await submit(count, 12)
    await run_until_empty(concurrency=2)
    assert await states() == {("errands.count", "completed"): 13}


async def test_what_is_due_by_the_schedules_is_fired_and_done(run_until_empty, set_clock_of_schedules, states):
    await set_clock_of_schedules()
    await run_until_empty()
    assert await states() == {("errands.morning", "completed"): 1}
    await run_until_empty()
    assert await states() == {("errands.morning", "completed"): 1}


async def test_more_schedules_than_are_fired_at_a_time_are_all_fired(run_until_empty, runtime, states):
    async with runtime.database.connection() as conn:
        await conn.execute(
            "INSERT INTO headrace.schedules SELECT 'n' || n, NULL, 'errands.morning', '0 6 * * *', 'UTC', '{}', 'once', 1,"
            " now(), now(), now() - interval '1 day' FROM generate_series(1, 230) AS n"
        )
    await run_until_empty()
    assert await states() == {("errands.morning", "completed"): 230}


async def test_a_job_that_failed_is_left_to_its_next_time(run_until_empty, submit, states):
    await submit(fall)
    await run_until_empty()
    assert await states() == {("errands.fall", "scheduled"): 1}


async def test_what_waits_in_a_paused_or_a_foreign_queue_is_not_waited_for(run_until_empty, submit, runtime, states):
    await submit(count, 0)
    await submit(elsewhere)
    async with runtime.database.transaction() as conn:
        await set_pause(conn, "errands", ["errands"], paused=True)
    await run_until_empty()
    assert await states() == {("errands.count", "queued"): 1, ("others.elsewhere", "queued"): 1}


async def test_the_jobs_of_a_worker_that_died_before_are_taken_back_before_the_first_look(submit, runtime, states):
    await submit(count, 0)
    async with runtime.database.transaction() as conn:
        await conn.execute(
            "INSERT INTO headrace.workers (id, name, queues, concurrency, started_at, lease_until)"
            " VALUES (gen_random_uuid(), 'dead', '{errands}', 1, now(), now() - interval '1 s')"
        )
        await conn.execute(
            "UPDATE headrace.jobs SET state = 'running', started_at = now(),"
            " worker_id = (SELECT id FROM headrace.workers)"
        )
    await begin(runtime)
    assert await states() == {("errands.count", "queued"): 1}


async def test_a_worker_that_runs_a_job_is_not_stopped(run_until_empty, submit, states):
    await submit(take_long)
    await run_until_empty()
    assert await states() == {("errands.take_long", "completed"): 1}


def test_the_command_fires_drains_and_exits_with_0(tmp_path, database_url):
    program = tmp_path / "errands.py"
    program.write_text(PROGRAM)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")}
    environment["HEADRACE_DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "headrace", "worker", str(program), "--until-empty"]

    def run():
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False, timeout=40)
        assert done.returncode == 0, done.stderr.decode()

    with psycopg.connect(database_url, autocommit=True) as conn:
        run()
        conn.execute("UPDATE headrace.schedules SET next_at = next_at - interval '3 days'")
        submit_sync(conn, [Submission(task="errands.fall", queue="errands", input=b"{}")])
        run()
        states = conn.execute("SELECT task, state FROM headrace.jobs ORDER BY task").fetchall()
    assert states == [("errands.fall", "failed"), ("errands.morning", "completed")]
