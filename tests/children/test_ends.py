"""How a family ends: cancels go down the tree, and no parent is left waiting whatever ends first."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job, Retry
from headrace.db.query import query
from headrace.jobs.cancel import cancel
from headrace.jobs.states import State
from headrace.jobs.upkeep import retention
from headrace.jobs.upkeep.retention import Policy, held_bytes

app = App("ends")
pytestmark = pytest.mark.anyio
gates: list[asyncio.Event] = []
FINAL = ("completed", "failed", "cancelled")


@pytest.fixture
def apps():
    return [app]


@pytest.fixture(autouse=True)
async def gate():
    """What the leaves wait for."""
    gates[:] = [asyncio.Event()]
    yield gates[0]
    gates[0].set()


@app.task
async def leaf(job: Job, number: int) -> int:
    await gates[0].wait()
    return number


@app.task
async def branch(job: Job, leaves: int) -> int:
    return sum(await job.call_many(leaf, range(leaves)))


@app.task
async def root(job: Job, branches: int) -> int:
    return sum(await job.call_many(branch, [3] * branches))


@app.task(retry=Retry(attempts=1))
async def impatient(job: Job) -> int:
    async def fail() -> None:
        raise RuntimeError("enough")

    results = await asyncio.gather(job.call_many(leaf, range(5)), job.step("fail", fail))
    return sum(results[0])


@app.task
async def bounded(job: Job, children: int) -> list[int]:
    return await job.call_many(leaf, range(children), concurrency=2)


@app.task(concurrency=1)
async def limited(job: Job) -> None: ...


@app.task
async def twice_limited(job: Job) -> None:
    await job.call_many(limited, [None], concurrency=2)


@pytest.fixture
def count(runtime):
    async def read(sql, *params):
        async with runtime.database.connection() as conn:
            return (await (await conn.execute(sql, params)).fetchone())[0]

    return read


@pytest.fixture
def until_count(count):
    async def wait(wanted, sql, *params):
        async with asyncio.timeout(30):
            while await count(sql, *params) != wanted:
                await asyncio.sleep(0.01)

    return wait


LEAVES = "SELECT count(*) FROM headrace.jobs WHERE task = 'ends.leaf' AND state = 'running'"
UNFINISHED = "SELECT count(*) FROM headrace.jobs WHERE finished_at IS NULL"


async def test_a_cancel_goes_down_the_tree_to_what_runs(working, submit, job, count, until, until_count, runtime):
    job_id = await submit(root, 2)
    await until_count(6, LEAVES)
    await until(job_id, "waiting")
    async with runtime.database.connection() as conn:
        assert await cancel(conn, job_id) is State.CANCELLED
    await until_count(0, UNFINISHED)
    assert await count("SELECT count(*) FROM headrace.jobs WHERE state = 'cancelled'") == 9
    reasons = "SELECT count(*) FROM headrace.jobs WHERE cancellation ->> 'reason' = 'parent'"
    assert await count(reasons) == 8
    assert await count("SELECT count(*) FROM headrace.waits WHERE state = 'open'") == 0


async def test_a_parent_that_fails_leaves_no_children_behind(working, submit, until, until_count):
    job_id = await submit(impatient)
    assert (await until(job_id, *FINAL))["state"] == "failed"
    await until_count(0, UNFINISHED)


async def test_a_cancelled_child_fails_its_call(working, submit, until, until_count, runtime, children):
    job_id = await submit(branch, 3)
    await until_count(3, LEAVES)
    async with runtime.database.connection() as conn:
        await cancel(conn, (await children(job_id))[1]["id"])
    row = await until(job_id, *FINAL)
    assert (row["state"], row["error"]["code"]) == ("failed", "child_failed")
    assert "was cancelled" in row["error"]["message"]
    await until_count(0, UNFINISHED)


async def test_no_more_children_run_at_once_than_asked_for_and_the_key_is_forgotten(
    working, submit, until, until_count, count
):
    job_id = await submit(bounded, 5)
    await until_count(2, LEAVES)
    assert await count("SELECT count(*) FROM headrace.jobs WHERE state = 'blocked'") == 3
    gates[0].set()
    assert (await until(job_id, *FINAL))["result"] == [0, 1, 2, 3, 4]
    await until_count(0, "SELECT count(*) FROM headrace.limit_keys")


async def test_two_limits_on_one_child_are_refused(drain, submit, job):
    job_id = await submit(twice_limited)
    await drain()
    assert "leave out concurrency=" in (await job(job_id))["error"]["message"]


async def test_the_job_shows_its_children_and_they_their_parent(client, working, submit, until, until_count):
    job_id = await submit(branch, 3)
    await until_count(3, LEAVES)
    await until(job_id, "waiting")
    shown = (await client.get(f"/api/v1/jobs/{job_id}")).json()
    assert (shown["state"], shown["parent_id"]) == ("waiting", None)
    assert "3 of 3 children" in shown["why"]["detail"]
    first = (await client.get(shown["links"]["children"], params={"limit": 2})).json()
    rest = (await client.get(shown["links"]["children"], params={"cursor": first["next_cursor"]})).json()
    found = [*first["items"], *rest["items"]]
    assert [(child["step"], child["place"], child["state"]) for child in found] == [
        ("leaf", n, "running") for n in range(3)
    ]
    assert rest["next_cursor"] is None
    assert (await client.get(found[0]["links"]["self"])).json()["parent_id"] == str(job_id)
    assert shown["children"] == {"count": len(found), "unfinished": len(found), "failed": 0}
    listed = (await client.get("/api/v1/jobs")).json()["items"]
    assert {job["parent_id"] for job in listed if job["id"] != str(job_id)} == {str(job_id)}
    assert (await client.get(found[0]["links"]["children"])).json()["items"] == []
    gates[0].set()
    await until(job_id, *FINAL)


async def test_a_tree_is_deleted_as_a_whole_and_no_child_before_it(working, submit, until, children, runtime, count):
    gates[0].set()
    job_id = await submit(root, 2)
    assert (await until(job_id, *FINAL))["result"] == 6
    later = datetime.now(UTC) + timedelta(days=3)
    below = [child["id"] for child in await children(job_id)]
    async with runtime.database.connection() as conn:
        for_ever = Policy({}, 1)
        assert (await conn.execute(query("headrace.jobs.upkeep", "delete_jobs"), {"ids": below})).rowcount == 0
        assert (await retention.run_once(conn, later, policy=for_ever)).rows == 1
    for table in ("jobs", "job_calls", "job_children", "waits"):
        assert await count(f"SELECT count(*) FROM headrace.{table}") == 0
    async with runtime.database.connection() as conn:
        assert await held_bytes(conn) == 0


async def test_a_tree_with_unfinished_jobs_is_kept(submit, drain, children, runtime, working, until_count):
    job_id = await submit(branch, 2)
    await until_count(2, LEAVES)
    async with runtime.database.connection() as conn:
        await cancel(conn, job_id)
        gone = await conn.execute(query("headrace.jobs.upkeep", "delete_jobs"), {"ids": [job_id]})
        assert gone.rowcount == 0
    await until_count(0, UNFINISHED)
    async with runtime.database.connection() as conn:
        gone = await conn.execute(query("headrace.jobs.upkeep", "delete_jobs"), {"ids": [job_id]})
        assert gone.rowcount == 1
    await until_count(0, "SELECT count(*) FROM headrace.jobs")
