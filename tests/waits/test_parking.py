"""Parking: a job that waits holds no worker, runs again when what it waits for is there, and does nothing twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from headrace import App, Job, Retry, SyncJob
from headrace.errors import WaitAnswered, WaitExpired

app = App("waiting")
pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
AT_ONCE = Retry(attempts=5, first=timedelta(0), longest=timedelta(0))
calls: list[str] = []


class Verdict(BaseModel):
    fine: bool
    note: str = ""


@pytest.fixture
def apps():
    calls.clear()
    return [app]


async def note(name: str) -> str:
    calls.append(name)
    return name.upper()


@app.task
async def nap(job: Job) -> list[str]:
    before = await job.step("before", note, "a")
    await job.sleep(HOUR)
    return [before, await job.step("after", note, "b")]


async def test_a_sleeping_job_holds_no_worker_and_goes_on_when_its_time_has_come(submit, drain, job, clock):
    job_id = await submit(nap)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["runs"], row["failures"], row["fence"]) == ("waiting", 1, 0, 2)
    clock.advance(HOUR / 2)
    await drain()
    assert (await job(job_id))["runs"] == 1
    clock.advance(HOUR)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], row["runs"], row["failures"]) == ("completed", ["A", "B"], 2, 0)
    assert calls == ["a", "b"]


@app.task
async def nap_until(job: Job, until: datetime) -> int:
    await job.sleep(until=until)
    return job.run


async def test_a_job_sleeps_until_a_time_also_one_that_has_passed(submit, drain, job, clock):
    later = await submit(nap_until, datetime.now(UTC) + HOUR)
    past = await submit(nap_until, datetime.now(UTC) - HOUR)
    await drain()
    assert [(await job(id_))["state"] for id_ in (later, past)] == ["waiting", "completed"]
    clock.advance(2 * HOUR)
    await drain()
    assert (await job(later))["result"] == 2


@app.task
async def ask(job: Job) -> str:
    await job.step("before", note, "a")
    verdict = await job.wait_for("verdict", Verdict, timeout=24 * HOUR)
    assert isinstance(verdict, Verdict)
    return verdict.note


async def test_an_answer_wakes_the_job_and_comes_as_its_type(submit, drain, job, answer, events):
    job_id = await submit(ask)
    await drain()
    assert (await job(job_id))["state"] == "waiting"
    await answer(job_id, "verdict", Verdict(fine=True, note="go on"))
    assert (await job(job_id))["state"] == "queued"
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], calls) == ("completed", "go on", ["a"])
    told = [(kind, data.get("state")) for kind, data in await events(job_id) if kind != "step"]
    assert told == [("wait", "open"), ("wait", "answered")]


async def test_a_second_answer_changes_nothing(submit, drain, job, answer):
    job_id = await submit(ask)
    await drain()
    await answer(job_id, "verdict", {"fine": True, "note": "first"})
    with pytest.raises(WaitAnswered):
        await answer(job_id, "verdict", {"fine": True, "note": "second"})
    await drain()
    assert (await job(job_id))["result"] == "first"


async def test_a_wait_that_nobody_answers_in_time_fails_the_job_for_good(submit, drain, job, clock, waits):
    job_id = await submit(ask)
    await drain()
    clock.advance(25 * HOUR)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"], row["runs"]) == ("failed", "wait_expired", 2)
    assert (await waits(job_id))["verdict"]["state"] == "expired"


@app.task(retry=AT_ONCE)
async def ask_or_do_without(job: Job) -> str:
    try:
        return (await job.wait_for("verdict", Verdict, timeout=HOUR)).note
    except WaitExpired:
        if job.attempt == 1:
            raise ValueError("once") from None
        return "without"


async def test_code_may_catch_that_nobody_answered_and_every_later_run_is_told_the_same(submit, drain, job, clock):
    job_id = await submit(ask_or_do_without)
    await drain()
    clock.advance(2 * HOUR)
    await drain()
    row = await job(job_id)
    assert (row["result"], row["runs"], row["failures"]) == ("without", 3, 1)


@app.task
async def ask_with_default(job: Job) -> str | None:
    verdict = await job.wait_for("verdict", Verdict, timeout=HOUR, default=None)
    return verdict.note if verdict else await job.step("decide", str, "without")


@app.task
def ask_plainly_with_default(job: SyncJob) -> str:
    verdict = job.wait_for("verdict", Verdict, timeout=HOUR, default="nobody")
    return verdict if isinstance(verdict, str) else verdict.note


@app.task
async def ask_with_default_for_ever(job: Job) -> None:
    await job.wait_for("verdict", Verdict, timeout=None, default=None)


@pytest.mark.parametrize(("task", "left"), [(ask_with_default, "without"), (ask_plainly_with_default, "nobody")])
async def test_a_default_stands_for_the_answer_that_nobody_gave(submit, drain, job, clock, answer, task, left):
    unanswered, answered = await submit(task), await submit(task)
    await drain()
    await answer(answered, "verdict", {"fine": True, "note": "good"})
    clock.advance(2 * HOUR)
    await drain()
    assert [(await job(id_))["result"] for id_ in (unanswered, answered)] == [left, "good"]


async def test_a_default_needs_a_timeout(submit, drain, job):
    job_id = await submit(ask_with_default_for_ever)
    await drain()
    assert "no timeout" in (await job(job_id))["error"]["message"]


@app.task
async def ask_both(job: Job) -> list[int]:
    return await asyncio.gather(job.wait_for("one", int), job.step("slow", slow), job.wait_for("two", int))


async def slow() -> int:
    await asyncio.sleep(0.05)
    calls.append("slow")
    return 3


async def test_gathered_waits_are_parked_on_together_once_the_step_beside_them_is_stored(
    submit, drain, job, answer, waits
):
    job_id = await submit(ask_both)
    await drain()
    assert set(await waits(job_id)) == {"one", "two"}
    await answer(job_id, "two", 2)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["runs"]) == ("waiting", 2)
    await answer(job_id, "one", 1)
    await drain()
    assert ((await job(job_id))["result"], calls) == ([1, 3, 2], ["slow"])


@app.task
async def ask_in_group(job: Job) -> list[int]:
    async with asyncio.TaskGroup() as group:
        one, two = group.create_task(job.wait_for("one", int)), group.create_task(job.wait_for("two", int))
    return [one.result(), two.result()]


async def test_waits_of_a_task_group_park_too(submit, drain, job, answer):
    job_id = await submit(ask_in_group)
    await drain()
    for name in ("one", "two"):
        await answer(job_id, name, 1)
    await drain()
    assert (await job(job_id))["result"] == [1, 1]


@app.task
async def take_the_first(job: Job) -> str:
    waits = [asyncio.create_task(job.wait_for(name, str), name=name) for name in ("left", "right")]
    done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    said = next(iter(done)).result()
    await job.step("take", note, said)
    for other in others:
        other.cancel()
    return said


async def test_the_first_of_several_answers_may_be_enough(submit, drain, job, answer):
    job_id = await submit(take_the_first)
    await drain()
    await answer(job_id, "right", "r")
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], calls) == ("completed", "r", ["r"])


@app.task
async def swallow(job: Job) -> str:
    try:
        await job.wait_for("verdict", Verdict)
    except BaseException:  # noqa: BLE001 - what this test is about
        try:
            await job.step("after", note, "never")
        except BaseException:  # noqa: BLE001 - the same
            return "swallowed"
    return "answered"


async def test_code_that_swallows_the_parking_is_parked_all_the_same(submit, drain, job, answer):
    job_id = await submit(swallow)
    await drain()
    assert ((await job(job_id))["state"], calls) == ("waiting", [])
    await answer(job_id, "verdict", {"fine": True})
    await drain()
    assert (await job(job_id))["result"] == "answered"


@app.task
async def wait_in_a_step(job: Job) -> None:
    await job.step("outer", job.sleep, HOUR)


async def test_a_wait_inside_a_step_is_refused_by_name(submit, drain, job):
    job_id = await submit(wait_in_a_step)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["error"]["code"]) == ("failed", "wait_in_step")
    assert "'sleep' out of 'outer'" in row["error"]["message"]


@app.task
def ask_from_a_thread(job: SyncJob) -> str:
    job.sleep(HOUR, name="first")
    return job.wait_for("verdict", Verdict).note


async def test_a_plain_function_parks_too(submit, drain, job, answer, clock):
    job_id = await submit(ask_from_a_thread)
    await drain()
    clock.advance(2 * HOUR)
    await drain()
    assert (await job(job_id))["state"] == "waiting"
    await answer(job_id, "verdict", {"fine": True, "note": "threaded"})
    await drain()
    assert (await job(job_id))["result"] == "threaded"


@app.task(concurrency=1)
async def ask_one_at_a_time(job: Job) -> int:
    await job.wait_for("go", int)
    return job.run


async def test_a_parked_job_gives_up_its_place_under_its_limit_key_and_asks_for_it_again(submit, drain, job, answer):
    jobs = [await submit(ask_one_at_a_time) for _ in range(3)]
    await drain()
    assert [(await job(id_))["state"] for id_ in jobs] == ["waiting"] * 3
    for id_ in jobs:
        await answer(id_, "go", 1)
    assert sorted([(await job(id_))["state"] for id_ in jobs]) == ["blocked", "blocked", "queued"]
    await drain()
    assert [(await job(id_))["result"] for id_ in jobs] == [2, 2, 2]
