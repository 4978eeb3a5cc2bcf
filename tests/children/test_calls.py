"""Children: other tasks' jobs that a job calls, waits for without a worker, and goes on with."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import BaseModel

from headrace import App, ChildFailed, Job, PermanentError, Retry, SyncJob
from headrace.jobs.retry import retry

app = App("families")
pytestmark = pytest.mark.anyio
ran: list[object] = []
AT_ONCE = Retry(attempts=2, first=timedelta(0), longest=timedelta(0))


class Section(BaseModel):
    title: str
    words: int = 3


class Text(BaseModel):
    body: str


@pytest.fixture
def apps():
    ran.clear()
    broken.clear()
    return [app]


broken: set[str] = set()


@app.task(retry=AT_ONCE)
async def write(job: Job, section: Section) -> Text:
    ran.append(section.title)
    if section.title in broken:
        raise PermanentError(f"no {section.title}")
    return Text(body=section.title.upper())


@app.task
async def one(job: Job, section: Section) -> str:
    text = await job.call(write, section)
    assert isinstance(text, Text)
    return text.body


@app.task(retry=AT_ONCE)
async def many(job: Job, titles: list[str]) -> list[str]:
    texts = await job.call_many(write, [Section(title=title) for title in titles])
    if job.attempt == 1:
        raise ValueError("once")
    return [text.body for text in texts]


@app.task
async def many_collected(job: Job, titles: list[str]) -> list[str]:
    texts = await job.call_many(write, [Section(title=title) for title in titles], on_failure="collect")
    return [str(text) if isinstance(text, ChildFailed) else text.body for text in texts]


@app.task
def blocking(job: SyncJob, titles: list[str]) -> list[str]:
    first = job.call(write, Section(title="first"))
    return [first.body, *(text.body for text in job.call_many(write, [Section(title=title) for title in titles]))]


@app.task
async def side_by_side(job: Job) -> list[str]:
    both = await asyncio.gather(*(job.call(write, Section(title=title), key=title) for title in "ab"))
    return [text.body for text in both]


@app.task
async def deep(job: Job, levels: int) -> int:
    return 0 if levels == 0 else 1 + await job.call(deep, levels - 1)


@app.task
async def too_many(job: Job) -> None:
    await job.call_many(endless, [None] * 10_001)


@app.task
async def in_a_step(job: Job) -> None:
    await job.step("inner", job.call, write, Section(title="a"))


@app.task
async def changing(job: Job) -> None:
    await job.call(write, Section(title=f"run {job.run}"))


@app.task(executor="process")
def apart(job: SyncJob) -> None:
    job.call(write, Section(title="a"))


@app.task(concurrency=1)
async def one_at_a_time(job: Job, levels: int) -> int:
    return 0 if levels == 0 else 1 + await job.call(one_at_a_time, levels - 1)


@app.task
async def endless(job: Job) -> int:
    return await job.call(endless)


async def test_a_child_is_a_job_of_its_own_and_its_result_is_the_answer(submit, drain, job, children):
    parent = await submit(one, Section(title="a"), owner="ann", tags=["x"])
    await drain()
    row = await job(parent)
    assert (row["state"], row["result"], row["runs"], row["failures"]) == ("completed", "A", 2, 0)
    [child] = await children(parent)
    assert (child["task"], child["state"], child["owner"], child["tags"]) == (
        "families.write",
        "completed",
        "ann",
        ["x"],
    )
    assert child["input"] == {"title": "a", "words": 3}


async def test_the_list_of_jobs_can_leave_children_out(submit, drain, client):
    parent = await submit(one, Section(title="a"))
    await drain()
    every = (await client.get("/api/v1/jobs")).json()["items"]
    uncalled = (await client.get("/api/v1/jobs?children=false")).json()["items"]
    assert (len(every), [job["id"] for job in uncalled]) == (2, [str(parent)])


async def test_results_come_in_the_order_of_the_inputs_and_stay_when_the_parent_runs_again(submit, drain, job):
    titles = [f"t{n}" for n in range(50)]
    parent = await submit(many, titles)
    await drain()
    row = await job(parent)
    assert (row["state"], row["result"], row["failures"]) == ("completed", [title.upper() for title in titles], 1)
    assert sorted(ran) == sorted(titles)


async def test_no_children_are_called_for_no_inputs(submit, drain, job):
    parent = await submit(many, [])
    await drain()
    assert (await job(parent))["result"] == []


async def test_a_plain_function_calls_with_the_same_words(submit, drain, job):
    parent = await submit(blocking, ["a", "b"])
    await drain()
    assert (await job(parent))["result"] == ["FIRST", "A", "B"]


async def test_calls_side_by_side_are_children_at_the_same_time(submit, drain, job, children):
    parent = await submit(side_by_side)
    await drain()
    assert (await job(parent))["result"] == ["A", "B"]
    assert len(await children(parent)) == 2


async def test_the_first_failure_fails_the_parent_once_and_cancels_the_others(submit, drain, job, children, runtime):
    broken.add("b")
    parent = await submit(many, ["a", "b", *[f"late {n}" for n in range(60)]])
    await drain()
    row = await job(parent)
    assert (row["state"], row["failures"], row["error"]["code"]) == ("failed", 1, "child_failed")
    assert "no b" in row["error"]["message"]
    states = [child["state"] for child in await children(parent)]
    assert states[1] == "failed"
    assert set(states) <= {"completed", "cancelled", "failed"}


async def test_failures_are_values_where_they_are_collected(submit, drain, job):
    broken.update("bd")
    parent = await submit(many_collected, list("abcd"))
    await drain()
    row = await job(parent)
    assert row["state"] == "completed"
    assert [row["result"][0], row["result"][2]] == ["A", "C"]
    assert "no b" in row["result"][1]
    assert row["result"][3].startswith("Child 3 (families.write, job ")


async def test_a_retried_parent_calls_only_those_that_had_not_completed(submit, drain, job, runtime):
    broken.add("b")
    parent = await submit(many, list("ab"))
    await drain()
    assert (await job(parent))["state"] == "failed"
    completed = sorted(ran)
    broken.clear()
    ran.clear()
    async with runtime.database.transaction() as conn:
        again = await retry(conn, parent)
    await drain()
    row = await job(again.id)
    assert (row["state"], row["result"]) == ("completed", ["A", "B"])
    assert ran == [title for title in "ab" if title not in completed or title == "b"]


async def test_children_may_call_children(submit, drain, job):
    parent = await submit(deep, 3)
    await drain()
    assert (await job(parent))["result"] == 3


async def test_a_task_that_calls_itself_without_an_end_is_stopped_by_its_depth(submit, drain, job, runtime):
    parent = await submit(endless)
    await drain()
    row = await job(parent)
    assert (row["state"], row["error"]["code"]) == ("failed", "child_failed")
    async with runtime.database.connection() as conn:
        found = await (
            await conn.execute("SELECT count(*), max(error ->> 'code') FILTER (WHERE NOT is_parent) FROM headrace.jobs")
        ).fetchone()
    assert found == (17, "too_many_children")


async def test_a_call_stands_between_steps(submit, drain, job):
    parent = await submit(in_a_step)
    await drain()
    row = await job(parent)
    assert (row["state"], row["error"]["code"]) == ("failed", "wait_in_step")


async def test_a_call_with_other_inputs_than_before_fails_by_name(submit, drain, job):
    parent = await submit(changing)
    await drain()
    row = await job(parent)
    assert (row["state"], row["error"]["code"]) == ("failed", "step_changed")
    assert "'write'" in row["error"]["message"]


async def test_a_process_cannot_call_children_and_says_so(submit, drain, job):
    parent = await submit(apart)
    await drain()
    row = await job(parent)
    assert (row["state"], row["error"]["code"]) == ("failed", "needs_database")
    assert "can't call children" in row["error"]["message"]


async def test_a_parent_does_not_keep_its_limit_key_from_its_own_children(submit, drain, job):
    parents = [await submit(one_at_a_time, 2) for _ in range(3)]
    await drain()
    assert [(await job(parent))["result"] for parent in parents] == [2, 2, 2]


async def test_a_call_of_too_many_fails_by_name(submit, drain, job):
    parent = await submit(too_many)
    await drain()
    row = await job(parent)
    assert (row["state"], row["error"]["code"]) == ("failed", "too_many_children")
    assert "10,000" in row["error"]["message"]
