"""Bulk actions: what a filter matches is done in the background, once, with progress, until somebody ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from headrace import App, InvalidInput, Job, NotFound, PermanentError
from headrace.ids import new_id
from headrace.jobs import bulk, job_filter
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


class Letter(BaseModel):
    to: str


@app.task
async def lose(_job: Job, letter: Letter) -> None:
    raise PermanentError(f"no letter to {letter.to}")


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
    await fill(runtime, red, 550)
    await fill(runtime, blue, 3)
    started = await begin(runtime, Action.CANCEL, tasks=["many.red"])
    assert (started.state, started.total) == ("running", 550)
    ended = await run_out(started.id)
    assert (ended.state, ended.done, ended.skipped) == ("completed", 550, 0)
    assert await states(runtime) == {("many.red", "cancelled"): 550, ("many.blue", "queued"): 3}


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
    await fill(runtime, red, 600)
    started = await begin(runtime, Action.CANCEL)
    await perform(BULK, runtime.database, runtime.wakeups)
    async with runtime.database.transaction() as conn:
        aborted = await bulk.abort(conn, started.id)
    assert (aborted.state, aborted.done) == ("aborted", 500)
    await perform(BULK, runtime.database, runtime.wakeups)
    assert await states(runtime) == {("many.red", "cancelled"): 500, ("many.red", "queued"): 100}


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


async def test_a_search_takes_what_it_would_have_listed_when_it_began(runtime, submit, run_out, monkeypatch):
    monkeypatch.setattr(job_filter, "SEARCHED", 3)
    ids = [await submit(lose, Letter(to="ann")) for _ in range(5)]
    started = await begin(runtime, Action.CANCEL, input_values={"to": "ann"})
    assert started.total == 3
    ids += [await submit(lose, Letter(to="ann")) for _ in range(3)]
    assert (await run_out(started.id)).done == 3
    async with runtime.database.connection() as conn:
        rows = await (
            await conn.execute("SELECT id FROM headrace.jobs WHERE state = 'cancelled' ORDER BY id")
        ).fetchall()
    assert [id_ for (id_,) in rows] == ids[2:5]


async def test_failed_jobs_of_a_fingerprint_are_retried(client, runtime, submit, run_out, drain):
    for name in ("ann", "bob", "ann"):
        await submit(lose, Letter(to=name))
    await drain()
    groups = {group["jobs"]: group for group in (await client.get("/api/v1/errors")).json()["items"]}
    started = await begin(runtime, Action.RETRY, fingerprint=groups[2]["fingerprint"])
    assert ((await run_out(started.id)).done, started.total) == (2, 2)
    assert await states(runtime) == {("many.lose", "failed"): 3, ("many.lose", "queued"): 2}


async def test_a_bulk_action_takes_every_filter_of_the_list_and_shows_it(client, submit, run_out, drain):
    for name in ("ann", "bob"):
        await submit(lose, Letter(to=name))
    await drain()
    wanted = {"state": ["failed"], "min_seconds": 0, "max_seconds": 1e6, "error": "TO ANN", "input": ["to=ann"]}
    wanted |= {"children": False, "created_until": "2100-01-01T00:00:00Z"}
    answer = (await client.post("/api/v1/bulk-actions", json={"action": "delete", "filter": wanted})).json()
    assert (answer["filter"], answer["searched"], answer["ids"]) == (wanted, 50_000, 0)
    assert answer["total"]["count"] == 1
    assert (await run_out(answer["id"])).done == 1
    [left] = (await client.get("/api/v1/jobs")).json()["items"]
    assert left["error"]["message"] == "no letter to bob"


async def test_jobs_are_named_one_by_one(client, runtime, run_out):
    ids = await fill(runtime, red, 4)
    wanted = {"id": [str(ids[0]), str(ids[2]), str(new_id())], "task": ["many.red"], "min_cost_nano_usd": 1}
    nothing = (await client.post("/api/v1/bulk-actions", json={"action": "cancel", "filter": wanted})).json()
    assert (nothing["total"]["count"], nothing["ids"], nothing["searched"]) == (0, 3, None)
    assert nothing["filter"] == {"task": ["many.red"], "min_cost_nano_usd": 1}
    del wanted["min_cost_nano_usd"]
    started = (await client.post("/api/v1/bulk-actions", json={"action": "cancel", "filter": wanted})).json()
    ended = await run_out(started["id"])
    assert (started["total"]["count"], ended.done, ended.skipped) == (2, 2, 0)
    cancelled = (await client.get("/api/v1/jobs?state=cancelled")).json()["items"]
    assert [job["id"] for job in cancelled] == [str(ids[2]), str(ids[0])]


async def test_a_thousand_jobs_may_be_named(client):
    ids = [str(new_id()) for _ in range(1_001)]
    for some, status in ((ids[1:], 202), (ids, 422)):
        answer = await client.post("/api/v1/bulk-actions", json={"action": "delete", "filter": {"id": some}})
        assert answer.status_code == status


async def test_what_is_wrong_in_a_filter_is_pointed_at(client):
    answer = await client.post("/api/v1/bulk-actions", json={"action": "cancel", "filter": {"input": ["to"]}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/filter/input"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "explode", "filter": {}},
        {"action": "cancel"},
        {"action": "retry", "filter": {"state": ["running"]}},
        {"action": "cancel", "filter": {"id": []}},
        {"action": "cancel", "filter": {"id": ["one"]}},
        {"action": "cancel", "filter": {"limit": 5}},
    ],
)
async def test_a_bulk_action_that_cannot_be_meant_is_refused(client, body):
    assert (await client.post("/api/v1/bulk-actions", json=body)).status_code == 422


async def test_a_final_state_is_taken_to_its_end_a_chunk_after_the_other(runtime, submit, run_out, drain):
    await fill(runtime, red, 520)
    for name in ("ann", "bob"):
        await submit(lose, Letter(to=name))
    await fill(runtime, red, 10)
    await drain()
    wanted = {"states": [State.COMPLETED], "created_until": datetime.now(UTC) + timedelta(minutes=1)}
    ended = await run_out((await begin(runtime, Action.DELETE, **wanted)).id)
    assert (ended.total, ended.done, ended.skipped) == (530, 530, 0)
    assert await states(runtime) == {("many.lose", "failed"): 2}
