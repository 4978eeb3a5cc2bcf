"""Code that changes while its jobs wait: what no longer fits is told by name, what still fits goes on."""

import asyncio
from datetime import timedelta

import pytest

from headrace import App, Job, SyncJob
from headrace.jobs.retry import retry

pytestmark = pytest.mark.anyio

app = App("changing")
versions: list[str] = []
calls: list[str] = []


@pytest.fixture
def apps():
    versions[:] = ["first"]
    calls.clear()
    return [app]


async def note(name: str) -> str:
    calls.append(name)
    return name


async def course(job: Job, steps: list[str]) -> None:
    for step in steps:
        if step.startswith("wait"):
            await job.sleep(timedelta(hours=1), name=step)
        else:
            await job.step(step, note, step)


CODE = {
    "first": ["outline", "charge", "wait", "publish"],
    "renamed": ["outline", "charge card", "wait", "publish"],
    "inserted": ["outline", "check", "charge", "wait", "publish"],
    "removed": ["outline", "wait", "publish"],
    "swapped": ["charge", "outline", "wait", "publish"],
    "wait moved": ["outline", "wait", "charge", "publish"],
    "changed behind the wait": ["outline", "charge", "wait", "check", "publish"],
    "shortened": ["outline"],
}


@app.task
async def article(job: Job) -> str:
    await course(job, CODE[versions[-1]])
    return versions[-1]


@app.task
def article_in_a_thread(job: SyncJob) -> str:
    for step in CODE[versions[-1]]:
        if step == "wait":
            job.sleep(timedelta(hours=1), name=step)
        else:
            job.step(step, calls.append, step)
    return versions[-1]


@pytest.fixture
def resumed(submit, drain, job, clock):
    """Run a job into its wait, change the code, and let it go on."""

    async def go_on(version, task=article):
        job_id = await submit(task)
        await drain()
        assert (await job(job_id))["state"] == "waiting"
        versions.append(version)
        clock.advance(timedelta(hours=2))
        await drain()
        return await job(job_id)

    return go_on


@pytest.mark.parametrize("task", [article, article_in_a_thread])
@pytest.mark.parametrize(
    ("version", "asked", "had"),
    [
        ("renamed", "'charge card' in place 2", "had 'charge' there"),
        ("inserted", "'check' in place 2", "had 'charge' there"),
        ("removed", "'wait' in place 2", "had 'charge' there"),
        ("swapped", "'charge' in place 1", "had 'outline' there"),
        ("wait moved", "'wait' in place 2", "had 'charge' there"),
    ],
)
async def test_another_order_before_the_wait_fails_the_job_before_anything_is_done(resumed, version, asked, had, task):
    row = await resumed(version, task)
    assert (row["state"], row["error"]["code"], row["runs"]) == ("failed", "step_changed", 2)
    assert asked in row["error"]["message"]
    assert had in row["error"]["message"]
    assert calls == ["outline", "charge"]


async def test_what_lies_behind_the_wait_may_change(resumed):
    row = await resumed("changed behind the wait")
    assert (row["state"], calls) == ("completed", ["outline", "charge", "check", "publish"])


async def test_an_end_before_finished_steps_is_reported(resumed, events):
    row = await resumed("shortened")
    assert row["state"] == "completed"
    [told] = [data for kind, data in await events(row["id"]) if kind == "log"]
    assert (told["level"], "'charge', 'wait'" in told["message"]) == ("warning", True)


async def test_a_retry_takes_finished_steps_by_name_in_any_order(resumed, runtime, drain, job, clock):
    row = await resumed("inserted")
    async with runtime.database.connection() as conn:
        again = await retry(conn, row["id"], now=clock.now)
    await drain()
    assert ((await job(again.id))["state"], calls) == ("completed", ["outline", "charge", "check", "publish"])


@app.task
async def side_by_side(job: Job) -> str:
    async def branch(name: str, delay: float) -> None:
        await asyncio.sleep(delay)
        await job.step("look", note, name, key=name)
        await job.sleep(timedelta(hours=1), name=f"wait {name}")
        await job.step("after", note, name, key=name)

    first = versions[-1] == "first"
    await asyncio.gather(branch("a", 0.0 if first else 0.03), branch("b", 0.03 if first else 0.0))
    return "both"


async def test_branches_that_run_side_by_side_go_by_name_alone(resumed, drain, job, clock):
    row = await resumed("second", side_by_side)
    clock.advance(timedelta(hours=2))  # the later branch had not come to its wait when the earlier one parked
    await drain()
    row = await job(row["id"])
    assert (row["state"], row["result"], sorted(calls)) == ("completed", "both", ["a", "a", "b", "b"])
