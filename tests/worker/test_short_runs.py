"""Jobs that never await share a task with others, and notice nothing of it."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from datetime import timedelta

import pytest

from headrace import App, Job, Retry

app = App("short")
pytestmark = pytest.mark.anyio

ONCE = Retry(attempts=1)
whose: ContextVar[str] = ContextVar("whose", default="nobody's")
tasks: list[asyncio.Task[None] | None] = []
turn = asyncio.Event()


@pytest.fixture
def apps():
    tasks.clear()
    turn.clear()
    return [app]


@app.task
async def plain(_job: Job) -> None:
    tasks.append(asyncio.current_task())


@app.task
async def marking(_job: Job, name: str) -> str:
    found = whose.get()
    whose.set(name)
    return found


@app.task
async def selfish(_job: Job) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


@app.task(retry=ONCE)
async def yielding(_job: Job) -> None:
    await asyncio.sleep(0)


@app.task(retry=ONCE)
async def failing(_job: Job) -> None:
    raise SystemExit(1)


@app.task(retry=ONCE)
async def patient(_job: Job) -> bool:
    tasks.append(asyncio.current_task())
    await turn.wait()
    return True


@app.task
async def relieving(_job: Job) -> None:
    turn.set()


@app.task(retry=ONCE, timeout=timedelta(seconds=0.2))
async def endless(_job: Job) -> None:
    await asyncio.sleep(3600)


@app.task
async def slow(_job: Job) -> None:
    time.sleep(0.1)  # noqa: ASYNC251 - that it blocks the event loop is the point


async def submit_all(runtime, wanted):
    """Submit jobs in one transaction, so that one claim takes them all in this order."""
    async with runtime.database.transaction() as conn:
        return [(await task.submit(conn, *given)).id for task, *given in wanted]


async def ends(job, ids):
    rows = [await job(id_) for id_ in ids]
    return [(row["state"], row["result"]) for row in rows]


async def test_jobs_that_never_await_share_a_task(runtime, drain):
    await submit_all(runtime, [[plain]] * 20)
    await drain()
    assert len(tasks) == 20
    assert len(set(tasks)) == 1


async def test_jobs_that_await_have_a_task_each(runtime, drain, job):
    ids = await submit_all(runtime, [*[[patient]] * 5, [relieving]])
    await drain()
    assert len(set(tasks)) == 5
    assert await ends(job, ids[:5]) == [("completed", True)] * 5


async def test_a_context_variable_of_one_job_is_not_seen_by_the_next(runtime, drain, job):
    ids = await submit_all(runtime, [[marking, f"job {n}"] for n in range(4)])
    await drain()
    assert await ends(job, ids) == [("completed", "nobody's")] * 4


async def test_a_job_that_cancels_its_own_task_cancels_no_other(runtime, drain, job):
    ids = await submit_all(runtime, [[plain], [selfish], [yielding], [plain]])
    await drain()
    assert [state for state, _ in await ends(job, ids)] == ["completed"] * 4


async def test_a_job_that_fails_takes_no_other_with_it(runtime, drain, job):
    ids = await submit_all(runtime, [[plain], [failing], [plain]])
    await drain()
    assert [state for state, _ in await ends(job, ids)] == ["completed", "failed", "completed"]


async def test_a_job_that_begins_late_keeps_its_timeout(runtime, drain, job):
    ids = await submit_all(runtime, [[slow], [endless], [slow], [endless]])
    await drain()
    found = [await job(id_) for id_ in ids]
    assert [row["error"] and row["error"]["code"] for row in found] == [None, "timeout", None, "timeout"]
