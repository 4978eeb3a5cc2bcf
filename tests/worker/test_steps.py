"""Steps as a task sees them: what runs again, what answers from storage, what is recorded."""

import asyncio
from datetime import datetime, timedelta

import pytest
from pydantic import BaseModel

from headrace import App, Job, PermanentError, Retry, SyncJob

app = App("steps")
pytestmark = pytest.mark.anyio

AT_ONCE = Retry(attempts=5, first=timedelta(0), longest=timedelta(0))
calls: list[str] = []


class Point(BaseModel):
    x: int
    at: datetime | None = None


@pytest.fixture
def apps():
    calls.clear()
    return [app]


async def note(name: str) -> str:
    calls.append(name)
    return name.upper()


@app.task(retry=AT_ONCE)
async def two_steps_then_fail_once(job: Job) -> list[str]:
    first = await job.step("first", note, "a")
    second = await job.step("second", note, "b")
    if job.attempt == 1:
        raise ValueError("once")
    return [first, second]


async def test_finished_steps_do_not_run_again(submit, drain, job):
    job_id = await submit(two_steps_then_fail_once)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], row["runs"], row["failures"]) == ("completed", ["A", "B"], 2, 1)
    assert calls == ["a", "b"]


@app.task(retry=AT_ONCE)
async def fail_inside_a_step(job: Job) -> str:
    await job.step("before", note, "before")

    async def fragile() -> str:
        calls.append("fragile")
        if job.attempt < 3:
            raise ValueError("inside")
        return "ok"

    return await job.step("fragile", fragile)


async def test_an_unfinished_step_runs_again(submit, drain, job):
    job_id = await submit(fail_inside_a_step)
    await drain()
    assert (await job(job_id))["result"] == "ok"
    assert calls == ["before", "fragile", "fragile", "fragile"]


@app.task(retry=AT_ONCE)
async def same_name_in_order_and_by_key(job: Job) -> list[str]:
    loop = [await job.step("loop", note, text) for text in "ab"]
    both = await asyncio.gather(*(job.step("keyed", note, text, key=text) for text in "cd"))
    if job.attempt == 1:
        raise ValueError("again")
    return [*loop, *both]


async def test_steps_are_told_apart_by_order_or_key(submit, drain, job, runtime):
    job_id = await submit(same_name_in_order_and_by_key)
    await drain()
    assert (await job(job_id))["result"] == ["A", "B", "C", "D"]
    async with runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT name FROM headrace.job_steps WHERE job_id = %s", (job_id,))
        names = {name for (name,) in await cursor.fetchall()}
    assert names == {"loop", "loop#2", "keyed[c]", "keyed[d]"}
    assert sorted(calls) == ["a", "b", "c", "d"]


@app.task(retry=AT_ONCE)
async def ask_something_else(job: Job) -> str:
    answer = await job.step("ask", note, f"run {job.run}")
    raise ValueError(answer)


async def test_a_step_asked_with_other_arguments_fails_the_job_for_good(submit, drain, job):
    job_id = await submit(ask_something_else)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"], row["runs"]) == ("failed", "step_changed", 2)


async def make_point() -> Point:
    return Point(x=1, at=datetime.fromisoformat("2026-01-02T03:04:05+00:00"))


@app.task(retry=AT_ONCE)
async def typed_values(job: Job) -> Point:
    first = await job.step("typed", make_point)
    assert isinstance(first, Point)
    assert isinstance(first.at, datetime)
    if job.attempt == 1:
        raise ValueError("again")
    return first


async def test_a_stored_value_comes_back_as_its_type(submit, drain, job):
    job_id = await submit(typed_values)
    await drain()
    assert (await job(job_id))["result"] == {"x": 1, "at": "2026-01-02T03:04:05Z"}


async def not_a_number() -> float:
    return float("nan")


@app.task(retry=AT_ONCE)
async def unstorable_step(job: Job) -> None:
    await job.step("nan", not_a_number)


@app.task(retry=AT_ONCE)
async def unstorable_result(_job: Job) -> str:
    return "a\0b"


@app.task(retry=AT_ONCE)
async def enormous_result(_job: Job) -> str:
    return "x" * 300_000


@pytest.mark.parametrize("task", [unstorable_step, unstorable_result, enormous_result])
async def test_what_json_cannot_hold_fails_the_job_for_good_with_a_clear_error(submit, drain, job, task):
    job_id = await submit(task)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"], row["runs"]) == ("failed", "not_storable", 1)


@app.task(retry=AT_ONCE)
async def reporting(job: Job) -> None:
    job.log("starting")
    job.text("one ")
    await job.step("middle", note, "m")
    job.log("after")
    job.text("two")
    if job.attempt == 1:
        raise ValueError("again")


async def test_reports_are_not_recorded_again_while_steps_answer_from_storage(submit, drain, events):
    job_id = await submit(reporting)
    await drain()
    kinds = [(kind, data.get("message") or data.get("text")) for kind, data in await events(job_id)]
    assert kinds == [
        ("log", "starting"),
        ("text", "one "),
        ("step", None),
        ("log", "after"),
        ("text", "two"),
        ("log", "after"),
        ("text_reset", None),
        ("text", "two"),
    ]


async def test_a_reset_names_the_event_after_which_text_outside_steps_is_void(submit, drain, events):
    job_id = await submit(reporting)
    await drain()
    [reset] = [data for kind, data in await events(job_id) if kind == "text_reset"]
    assert reset == {"step": None, "run": 2, "after": 3}


@app.task(retry=AT_ONCE)
async def effect_keys(job: Job) -> list[str]:
    async def key() -> str:
        return job.effect_key

    return [await job.step("a", key), await job.step("b", key), job.effect_key]


async def test_an_effect_key_is_the_jobs_and_the_steps(submit, drain, job):
    job_id = await submit(effect_keys)
    await drain()
    assert (await job(job_id))["result"] == [f"{job_id}:a", f"{job_id}:b", str(job_id)]


@app.task
def plain_function(job: SyncJob, text: str) -> str:
    job.progress(0.5, "half")
    job.text("streamed")
    shouted = job.step("shout", str.upper, text, returns=str)
    job.log(shouted, level="warning")
    return shouted


async def test_a_plain_function_has_the_same_methods_blocking(submit, drain, job, events):
    job_id = await submit(plain_function, "hey")
    await drain()
    row = await job(job_id)
    assert (row["result"], row["progress"], row["progress_note"]) == ("HEY", 0.5, "half")
    assert [kind for kind, _ in await events(job_id)] == ["progress", "text", "step", "log"]


@app.task
async def echo(_job: Job, number: int) -> int:
    return number


@pytest.mark.parametrize("number", [2**53 + 1, 2**64, -(10**30)])
async def test_integers_of_any_size_stay_exact(submit, drain, job, number):
    job_id = await submit(echo, number)
    await drain()
    assert (await job(job_id))["result"] == number


async def insert(session, text: str) -> int:
    from sqlalchemy import text as sql

    return (
        await session.execute(sql("INSERT INTO headrace.queues (name) VALUES (:n) RETURNING 1"), {"n": text})
    ).scalar_one()


def insert_blocking(session, text: str) -> int:
    from sqlalchemy import text as sql

    return session.execute(sql("INSERT INTO headrace.queues (name) VALUES (:n) RETURNING 1"), {"n": text}).scalar_one()


@app.task(retry=AT_ONCE)
async def rows_and_step_together(job: Job) -> int:
    one = await job.transaction("insert", insert, "written-once")
    if job.attempt == 1:
        raise ValueError("again")
    return one


@app.task(retry=AT_ONCE)
def rows_and_step_together_blocking(job: SyncJob) -> int:
    one = job.transaction("insert", insert_blocking, "written-once", returns=int)
    if job.attempt == 1:
        raise ValueError("again")
    return one


@pytest.mark.parametrize("task", [rows_and_step_together, rows_and_step_together_blocking])
async def test_a_transaction_step_writes_its_rows_exactly_once(submit, drain, job, runtime, task):
    job_id = await submit(task)
    await drain()
    assert ((await job(job_id))["result"], (await job(job_id))["runs"]) == (1, 2)
    async with runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT count(*) FROM headrace.queues WHERE name = 'written-once'")
        assert await cursor.fetchone() == (1,)


inserted: list[str] = []


async def insert_and_lose(session, job_id: str) -> int:
    from sqlalchemy import text as sql

    await insert(session, "lost")
    inserted.append(job_id)
    await session.execute(sql("UPDATE headrace.jobs SET fence = fence + 1 WHERE id = :id"), {"id": job_id})
    return 1


@app.task
async def loses_its_job_inside(job: Job) -> None:
    await job.transaction("insert", insert_and_lose, str(job.id))


async def test_the_rows_of_a_run_that_lost_its_job_are_rolled_back(submit, worker, runtime, job):
    job_id = await submit(loses_its_job_inside)
    async with asyncio.timeout(20):
        while str(job_id) not in inserted or len(worker.slots):
            await asyncio.sleep(0.01)  # the run ends without a word to anybody
    async with runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT count(*) FROM headrace.queues WHERE name = 'lost'")
        assert await cursor.fetchone() == (0,)
    assert (await job(job_id))["result"] is None


@app.task(retry=AT_ONCE)
async def permanent(_job: Job) -> None:
    raise PermanentError("no way")


async def test_a_permanent_error_is_not_retried_and_keeps_its_traceback(submit, drain, job):
    job_id = await submit(permanent)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["runs"], row["error"]["code"], row["error"]["message"]) == (
        "failed",
        1,
        "permanent",
        "no way",
    )
    assert "in permanent" in row["error"]["traceback"]
