"""A scheduled job knows the planned time that it stands for."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job, PermanentError
from headrace.jobs.retry import retry
from headrace.schedules.edit import run_now

pytestmark = pytest.mark.anyio

app = App("bells")


@app.schedule("0 * * * *", missed="all")
@app.task
async def ring(job: Job) -> datetime | None:
    """Say which hour it is rung for; the hour of four has to be rung again."""
    if job.planned_at is not None and job.planned_at.hour == 16 and job.run == 1:
        raise PermanentError("The rope is torn")
    return job.planned_at


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def rung(rows):
    """The state and result of each job, oldest first."""

    async def read():
        return await rows("SELECT state, result FROM headrace.jobs ORDER BY planned_at, id")

    return read


async def test_a_job_that_runs_late_knows_its_planned_time(clock, drain, rung):
    clock.advance(timedelta(hours=2, minutes=20))
    await drain()
    assert await rung() == [("completed", "2026-11-22T13:00:00Z"), ("completed", "2026-11-22T14:00:00Z")]


async def test_a_retry_by_hand_stands_for_the_same_time(clock, drain, runtime, rows):
    clock.advance(timedelta(hours=4))
    await drain()
    [(failed,)] = await rows("SELECT id FROM headrace.jobs WHERE state = 'failed'")
    async with runtime.database.transaction() as conn:
        again = (await retry(conn, failed, now=clock.now)).id
    assert await rows("SELECT planned_at FROM headrace.jobs WHERE id = %s", again) == [
        (datetime(2026, 11, 22, 16, tzinfo=UTC),)
    ]


async def test_a_job_that_was_run_now_or_submitted_has_none(clock, drain, runtime, submit, rung):
    await runtime.scheduler.declare(clock.now)
    async with runtime.database.transaction() as conn:
        await run_now(conn, "bells.ring", runtime.tasks, now=clock.now)
    await submit(ring)
    await drain()
    assert await rung() == [("completed", None)] * 2
