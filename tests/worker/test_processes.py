"""Tasks in processes of their own: results, steps, events and models over the pipe."""

import asyncio
import os
import sys
import threading
import time
from datetime import timedelta

import pytest
from pydantic import BaseModel, SecretStr

from headrace import App, Job, PermanentError, Retry, SyncJob
from headrace.settings import Settings

app = App("heavy")
pytestmark = pytest.mark.anyio

ONCE = Retry(attempts=1)
TWICE = Retry(attempts=2, first=timedelta(0), longest=timedelta(0))


class Numbers(BaseModel):
    values: list[int]


class City(BaseModel):
    name: str
    people: int


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def settings(database_url, provider):
    return Settings(
        database_url=SecretStr(database_url), stop_grace=1, processes=2, concurrency=5, openai_base_url=provider.url
    )


# -- results, steps, events


@app.task(executor="process", retry=ONCE)
def total(job: SyncJob, numbers: Numbers) -> dict[str, int]:
    job.progress(0.5, "halfway")
    job.text("adding ")
    parts = job.step("sum", sum, numbers.values, returns=int)
    job.text("done")
    return {"sum": parts, "pid": os.getpid(), "run": job.run, "parent": os.getppid()}


async def test_a_job_runs_in_a_process_and_its_steps_and_events_are_stored(submit, drain, job, events):
    job_id = await submit(total, Numbers(values=[1, 2, 3]), owner="ada")
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"]["sum"], row["result"]["parent"]) == ("completed", 6, os.getpid())
    assert row["result"]["pid"] != os.getpid()
    told = [(kind, data.get("text") or data.get("name")) for kind, data in await events(job_id)]
    assert told == [("progress", None), ("text", "adding "), ("step", "sum"), ("text", "done")]
    assert (row["progress"], row["progress_note"]) == (0.5, "halfway")


async def test_a_process_is_kept_for_the_next_job_and_ends_with_its_worker(submit, drain, job, until_gone):
    ids = [await submit(total, Numbers(values=[n])) for n in range(6)]
    await drain()
    pids = {(await job(job_id))["result"]["pid"] for job_id in ids}
    assert len(pids) <= 2
    await until_gone(*pids)


async def test_an_idle_process_ends_after_a_while(worker, submit, until, monkeypatch, until_gone):
    monkeypatch.setattr("headrace.worker.children.IDLE_MAX", 0.05)
    row = await until(await submit(total, Numbers(values=[1])), "completed")
    await until_gone(row["result"]["pid"])


@app.task(executor="process", retry=TWICE)
def fails_after_a_step(job: SyncJob) -> list[int]:
    first = job.step("draw", os.getpid)
    if job.attempt == 1:
        raise OSError("The first attempt fails")
    return [first, job.attempt]


async def test_a_stored_step_answers_in_the_next_run(submit, drain, job):
    job_id = await submit(fails_after_a_step)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["failures"], row["result"][1]) == ("completed", 1, 2)


class TooBig(Exception):
    pass


@app.task(executor="process", retry=Retry(attempts=5, per_error={TooBig: ONCE}))
def raises(job: SyncJob, what: str) -> None:
    if what == "permanent":
        raise PermanentError("This can't be healed")
    if what == "too big":
        raise TooBig("by far")
    sys.exit(3)


@pytest.mark.parametrize(
    ("what", "state", "code", "message"),
    [
        ("permanent", "failed", "permanent", "This can't be healed"),
        ("too big", "failed", "exception", "by far"),
        ("exit", "scheduled", "exception", "The task raised SystemExit"),
    ],
)
async def test_an_error_fails_the_run_by_the_tasks_own_rules(submit, drain, job, what, state, code, message):
    job_id = await submit(raises, what)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"], row["error"]["message"]) == (state, code, message)
    assert "Traceback" in row["error"]["traceback"] or what == "exit"


@app.task(executor="process", retry=ONCE)
def returns_nan(job: SyncJob) -> float:
    return float("nan")


async def test_a_result_that_json_cannot_hold_fails_with_the_reason(submit, drain, job):
    job_id = await submit(returns_nan)
    await drain()
    assert (await job(job_id))["error"]["code"] == "not_storable"


@app.task(executor="process")
def wants_a_session(job: SyncJob) -> int:
    return job.transaction("rows", lambda session: 1, returns=int)


async def test_a_transaction_is_refused_with_the_mend(submit, drain, job):
    job_id = await submit(wants_a_session)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"]) == ("failed", "needs_database")
    assert "executor 'async' or 'thread'" in row["error"]["message"]


# -- models


@app.task(executor="process", retry=ONCE)
def describes(job: SyncJob) -> City:
    job.log(job.ai.text("Say something", model="openai:gpt-5-mini"))
    return job.ai.extract("Name a city", City, model="openai:gpt-5-mini")


async def test_models_are_asked_by_the_worker(runtime, provider, submit, drain, job, events, logged):
    provider.reply("Some", "thing")
    provider.reply_json({"name": "Ur", "people": 65000})
    job_id = await submit(describes)
    await drain()
    assert (await job(job_id))["result"] == {"name": "Ur", "people": 65000}
    told = await events(job_id)
    assert [data["name"] for kind, data in told if kind == "step"] == ["ai.text", "ai.extract"]
    assert "".join(data["text"] for kind, data in told if kind == "text" and data["step"] == "ai.text") == "Something"
    assert await logged(job_id) == ["Something"]
    async with runtime.database.connection() as conn:
        calls = await (await conn.execute("SELECT state, step FROM headrace.ai_calls ORDER BY id")).fetchall()
    assert calls == [("ok", "ai.text"), ("ok", "ai.extract")]


async def test_an_answer_of_another_shape_fails_the_run_and_is_in_the_ledger(runtime, provider, submit, drain, job):
    provider.reply("Some", "thing")
    for _ in range(3):  # it is shown its error and asked again, twice
        provider.reply_json({"name": "Ur"})
    job_id = await submit(describes)
    await drain()
    assert (await job(job_id))["error"]["code"] == "ai_malformed_answer"
    async with runtime.database.connection() as conn:
        calls = await (await conn.execute("SELECT error_code FROM headrace.ai_calls ORDER BY id")).fetchall()
    assert calls == [(None,), *[("ai_malformed_answer",)] * 3]


@app.task(executor="process", retry=ONCE)
def waits_for_a_model(job: SyncJob) -> str:
    return job.ai.text("never answered", model="openai:silent")


async def test_cancelling_reaches_a_process_that_waits_for_a_model(provider, worker, submit, until, ask_to_cancel):
    provider.hang()
    job_id = await submit(waits_for_a_model)
    async with asyncio.timeout(10):
        while not provider.requests:
            await asyncio.sleep(0.01)
    await ask_to_cancel(job_id)
    assert (await until(job_id, "cancelled"))["cancellation"]["stopped"] == "unwound"


async def test_a_process_that_died_idle_costs_the_next_job_nothing(worker, submit, until):
    pid = (await until(await submit(total, Numbers(values=[1])), "completed"))["result"]["pid"]
    os.kill(pid, 9)
    row = await until(await submit(total, Numbers(values=[1])), "completed", "failed")
    assert (row["state"], row["failures"]) == ("completed", 0)


@app.task(retry=ONCE)
async def bystander(job: Job) -> str:
    await asyncio.sleep(0)
    return "unharmed"


async def test_a_worker_without_process_tasks_starts_none(worker, submit, until):
    await until(await submit(bystander), "completed")
    assert "headrace-child" not in {thread.name for thread in threading.enumerate()}


@app.task(executor="process", retry=ONCE)
def leaves_a_thread(job: SyncJob, lines: int) -> int:
    def go_on() -> None:
        for _ in range(lines):
            time.sleep(0.01)
            job.log("late")

    if lines:
        threading.Thread(target=go_on, daemon=True).start()
    else:
        time.sleep(0.3)
    return os.getpid()


async def test_what_a_thread_left_behind_says_is_not_taken_for_the_next_jobs(worker, submit, until, logged):
    first = await until(await submit(leaves_a_thread, 50), "completed")
    second = await until(await submit(leaves_a_thread, 0), "completed")
    assert first["result"] == second["result"]
    assert await logged(second["id"]) == []


async def test_an_app_that_a_process_cannot_import_fails_the_run_and_says_why(worker, submit, until, monkeypatch):
    monkeypatch.setattr(app, "source", "no_such_module")
    row = await until(await submit(total, Numbers(values=[1])), "failed")
    assert row["error"]["code"] == "process_died"
    assert "no_such_module can't be loaded" in row["error"]["message"]


# -- declaring


def test_a_process_needs_a_plain_function():
    async def asks(job: Job) -> None: ...

    with pytest.raises(ValueError, match="async functions run on the executor 'async'"):
        App("wrong").task(executor="process")(asks)


@pytest.mark.parametrize("rules", [{"memory_mib": 512}, {"executor": "process", "memory_mib": 1}])
def test_a_memory_limit_needs_a_process_and_room_for_it(rules):
    with pytest.raises(ValueError, match="memory_mib"):
        App("wrong").task(**rules)(lambda job: None)
