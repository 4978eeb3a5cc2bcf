"""Bulk actions: what a filter matches is done in the background, once, with progress, until somebody ends it."""

import pytest

from headrace import App, InvalidInput, Job, NotFound
from headrace.ids import new_id
from headrace.jobs import bulk
from headrace.jobs.bulk import Action
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.states import State
from headrace.jobs.upkeep import BULK, perform

app = App("many")
pytestmark = pytest.mark.anyio


@app.task
async def red(_job: Job) -> None: ...


@app.task
async def blue(_job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def run_out(runtime):
    async def run(bulk_id):
        for _ in range(100):
            await perform(BULK, runtime.database, runtime.wakeups)
            async with runtime.database.connection() as conn:
                found = await bulk.show_bulk(conn, bulk_id)
            if found.state != "running":
                return found
        raise AssertionError("still running")

    return run


async def begin(runtime, action, **wanted):
    async with runtime.database.transaction() as conn:
        return await bulk.start(conn, action, JobFilter(**wanted))


async def fill(runtime, task, count):
    async with runtime.database.transaction() as conn:
        return await task.submit_many(conn, [None] * count)


async def states(runtime):
    async with runtime.database.connection() as conn:
        rows = await (await conn.execute("SELECT task, state, count(*) FROM headrace.jobs GROUP BY 1, 2")).fetchall()
    return {(task, state): count for task, state, count in rows}


async def test_all_jobs_of_a_filter_are_cancelled_and_no_other(runtime, run_out):
    await fill(runtime, red, 250)
    await fill(runtime, blue, 3)
    started = await begin(runtime, Action.CANCEL, tasks=["many.red"])
    assert (started.state, started.total) == ("running", 250)
    ended = await run_out(started.id)
    assert (ended.state, ended.done, ended.skipped) == ("completed", 250, 0)
    assert await states(runtime) == {("many.red", "cancelled"): 250, ("many.blue", "queued"): 3}


async def test_jobs_that_come_later_are_left_alone(runtime, run_out):
    await fill(runtime, red, 5)
    started = await begin(runtime, Action.CANCEL)
    await fill(runtime, red, 5)
    assert (await run_out(started.id)).done == 5
    assert await states(runtime) == {("many.red", "cancelled"): 5, ("many.red", "queued"): 5}


async def test_jobs_it_does_not_fit_are_skipped_and_counted(runtime, run_out, drain):
    await fill(runtime, red, 4)
    await drain()
    await fill(runtime, red, 2)
    ended = await run_out((await begin(runtime, Action.CANCEL)).id)
    assert (ended.done, ended.skipped) == (2, 4)


async def test_finished_jobs_are_retried_as_new_ones(runtime, run_out, drain):
    await fill(runtime, red, 120)
    await drain()
    ended = await run_out((await begin(runtime, Action.RETRY, states=[State.COMPLETED])).id)
    assert ended.done == 120
    assert await states(runtime) == {("many.red", "completed"): 120, ("many.red", "queued"): 120}


async def test_finished_jobs_are_deleted(runtime, run_out, drain):
    await fill(runtime, red, 120)
    await drain()
    waiting = await fill(runtime, red, 1)
    ended = await run_out((await begin(runtime, Action.DELETE)).id)
    assert (ended.done, ended.skipped) == (120, 1)
    assert await states(runtime) == {("many.red", "queued"): len(waiting)}


async def test_an_aborted_action_ends_where_it_is(runtime, run_out):
    await fill(runtime, red, 250)
    started = await begin(runtime, Action.CANCEL)
    await perform(BULK, runtime.database, runtime.wakeups)
    async with runtime.database.transaction() as conn:
        aborted = await bulk.abort(conn, started.id)
    assert (aborted.state, aborted.done) == ("aborted", 100)
    await perform(BULK, runtime.database, runtime.wakeups)
    assert await states(runtime) == {("many.red", "cancelled"): 100, ("many.red", "queued"): 150}


async def test_a_chunk_that_fails_is_done_anew_and_nothing_twice(runtime, run_out, drain):
    await fill(runtime, red, 50)
    await drain()
    started = await begin(runtime, Action.RETRY)
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.transaction() as conn:
            assert (await BULK.run_once(conn, None)).rows == 50
            raise ZeroDivisionError
    assert (await run_out(started.id)).done == 50
    assert await states(runtime) == {("many.red", "completed"): 50, ("many.red", "queued"): 50}


async def test_unfinished_jobs_cannot_be_asked_for_by_retry(runtime):
    with pytest.raises(InvalidInput, match="finished"):
        await begin(runtime, Action.RETRY, states=[State.QUEUED])


async def test_an_unknown_action_is_not_found(runtime):
    async with runtime.database.connection() as conn:
        with pytest.raises(NotFound):
            await bulk.show_bulk(conn, new_id())


async def test_bulk_actions_over_http(client, runtime, run_out):
    await fill(runtime, red, 3)
    answer = await client.post(
        "/api/v1/bulk-actions", json={"action": "cancel", "filter": {"task": ["many.red"], "state": ["queued"]}}
    )
    assert answer.status_code == 202
    assert answer.json()["filter"] == {"task": ["many.red"], "state": ["queued"]}
    assert answer.json()["total"] == {"count": 3, "is_exact": True, "text": "3"}
    await run_out(answer.json()["id"])
    shown = (await client.get(answer.headers["location"])).json()
    assert (shown["state"], shown["done"]) == ("completed", 3)
    assert (await client.put(f"{answer.headers['location']}/abortion")).json()["state"] == "completed"
    assert [one["id"] for one in (await client.get("/api/v1/bulk-actions")).json()] == [shown["id"]]


@pytest.mark.parametrize(
    "body",
    [{"action": "explode", "filter": {}}, {"action": "cancel"}, {"action": "retry", "filter": {"state": ["running"]}}],
)
async def test_a_bulk_action_that_cannot_be_meant_is_refused(client, body):
    assert (await client.post("/api/v1/bulk-actions", json=body)).status_code == 422
