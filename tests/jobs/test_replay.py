"""Replays: a finished job again from one of its steps, with what it finished before answering from storage."""

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from headrace import App, InvalidInput, Job
from headrace.ids import new_id
from headrace.jobs import bulk
from headrace.jobs.bulk import Action
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.replay import preview, replay
from headrace.jobs.upkeep import BULK, perform

app = App("replays")
pytestmark = pytest.mark.anyio
did: list[str] = []


class Brief(BaseModel):
    topic: str
    tone: str = "dry"


@pytest.fixture
def apps():
    did.clear()
    return [app]


async def do(name: str) -> str:
    did.append(name)
    return name.upper()


async def keep(session: AsyncSession, what: str) -> str:
    did.append("keep")
    return (await session.execute(text("SELECT :what"), {"what": what})).scalar_one()


@app.task(concurrency=5, concurrency_per="input.topic")
async def write(job: Job, brief: Brief) -> list[str]:
    outline = await job.step("outline", do, brief.topic)
    kept = await job.transaction("keep", keep, outline)
    polished = await job.step("polish", do, brief.tone)
    return [outline, kept, polished]


@app.task
async def short(job: Job) -> str:
    return await job.step("only", do, "x")


@pytest.fixture
async def written(submit, drain):
    job_id = await submit(write, Brief(topic="mills"), owner="ann", tags=["a"])
    await drain()
    assert did == ["mills", "keep", "dry"]
    did.clear()
    return job_id


def address(job_id, rest="replays"):
    return f"/api/v1/jobs/{job_id}/{rest}"


async def test_steps_before_it_answer_from_storage_and_the_others_run_again(client, drain, job, written):
    accepted = await client.post(address(written), json={"from_step": "keep"})
    assert accepted.status_code == 202
    assert (accepted.json()["state"], accepted.json()["queue"]) == ("queued", "replays")
    await drain()
    row = await job(accepted.json()["id"])
    assert did == ["keep", "dry"]
    assert (row["state"], row["result"], row["retry_of"]) == ("completed", ["MILLS", "MILLS", "DRY"], written)
    assert (row["owner"], row["tags"]) == ("ann", ["a"])


async def test_without_a_step_everything_runs_again(client, drain, written):
    assert (await client.post(address(written), json={})).status_code == 202
    await drain()
    assert did == ["mills", "keep", "dry"]


async def test_another_input_runs_as_a_new_job_with_its_own_limit_key(client, drain, job, written):
    accepted = await client.post(address(written), json={"input": {"topic": "rivers"}})
    await drain()
    row = await job(accepted.json()["id"])
    assert (row["state"], row["result"]) == ("completed", ["RIVERS", "RIVERS", "DRY"])
    assert (row["input"], row["limit_key"]) == ({"topic": "rivers", "tone": "dry"}, "replays.write/rivers")
    assert row["owner"] == "ann"


async def test_another_input_keeps_the_steps_asked_for_where_their_arguments_still_fit(client, drain, job, written):
    body = {"from_step": "polish", "input": {"topic": "mills", "tone": "warm"}}
    accepted = await client.post(address(written), json=body)
    await drain()
    assert did == ["warm"]
    assert (await job(accepted.json()["id"]))["result"] == ["MILLS", "MILLS", "WARM"]


async def test_a_kept_step_whose_arguments_no_longer_fit_fails_the_job_by_name(client, drain, job, written):
    accepted = await client.post(address(written), json={"from_step": "polish", "input": {"topic": "rivers"}})
    await drain()
    error = (await job(accepted.json()["id"]))["error"]
    assert error["code"] == "step_changed"
    assert "'outline'" in error["message"]


async def test_an_input_that_does_not_fit_is_refused(client, written):
    answer = await client.post(address(written), json={"input": {"tone": 1}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/input")


@pytest.mark.parametrize("rest", ["replays", "replays/preview?from_step=nothing"])
async def test_an_unknown_step_is_refused_with_those_there_are(client, written, rest):
    answer = await (
        client.post(address(written), json={"from_step": "nothing"})
        if rest == "replays"
        else client.get(address(written, rest))
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/from_step"
    assert "'outline', 'keep', 'polish'" in answer.json()["detail"]


async def test_only_finished_jobs_are_replayed(client, submit):
    job_id = await submit(short)
    for answer in (await client.post(address(job_id), json={}), await client.get(address(job_id, "replays/preview"))):
        assert (answer.status_code, answer.json()["code"]) == (409, "job_unfinished")
    for answer in (
        await client.post(address(new_id()), json={}),
        await client.get(address(new_id(), "replays/preview")),
    ):
        assert answer.status_code == 404


async def test_a_replay_sent_twice_under_a_key_is_one(client, written):
    first, second = [
        await client.post(address(written), json={"from_step": "keep"}, headers={"Idempotency-Key": "once"})
        for _ in "12"
    ]
    assert first.json()["id"] == second.json()["id"]


async def test_the_preview_says_what_runs_again_and_what_wrote_rows(client, written):
    shown = (await client.get(address(written, "replays/preview"), params={"from_step": "keep"})).json()
    assert [(step["name"], step["kind"]) for step in shown["stored"]] == [("outline", "step")]
    assert [(step["name"], step["kind"]) for step in shown["again"]] == [("keep", "transaction"), ("polish", "step")]
    assert (shown["estimated_cost_nano_usd"], shown["is_cost_known"]) == (0, True)


async def test_an_inherited_step_is_known_by_the_job_that_did_it(runtime, drain, written):
    async with runtime.database.transaction() as conn:
        second = await replay(conn, written, "polish")
    await drain()
    async with runtime.database.transaction() as conn:
        third = await replay(conn, second.id, "polish")
    await drain()
    async with runtime.database.connection() as conn:
        found = await preview(conn, third.id, None)
    assert [(step.name, step.kind, step.done_by) for step in found.again] == [
        ("outline", "step", written),
        ("keep", "transaction", written),
        ("polish", "step", third.id),
    ]


async def test_jobs_of_a_filter_are_replayed_and_those_without_the_step_skipped(runtime, submit, drain, written):
    await submit(short)
    await drain()
    did.clear()
    async with runtime.database.transaction() as conn:
        started = await bulk.start(conn, Action.REPLAY, JobFilter(), from_step="polish")
    await perform(BULK, runtime.database, runtime.wakeups)
    async with runtime.database.connection() as conn:
        ended = await bulk.show_bulk(conn, started.id)
    assert (ended.state, ended.done, ended.skipped, ended.from_step) == ("completed", 1, 1, "polish")
    await drain()
    assert did == ["dry"]


@pytest.mark.parametrize(("action", "step"), [(Action.REPLAY, None), (Action.RETRY, "polish")])
async def test_a_bulk_replay_alone_says_where_it_begins(runtime, action, step):
    async with runtime.database.connection() as conn:
        with pytest.raises(InvalidInput, match="from_step"):
            await bulk.start(conn, action, JobFilter(), from_step=step)


async def test_a_bulk_replay_over_http(client, written):
    body = {"action": "replay", "from_step": "keep", "filter": {"state": ["completed"]}}
    answer = await client.post("/api/v1/bulk-actions", json=body)
    assert (answer.status_code, answer.json()["from_step"], answer.json()["total"]["count"]) == (202, "keep", 1)
