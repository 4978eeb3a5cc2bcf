"""Many finished jobs submitted again at once: each by the rules that hold for one."""

import pytest
from pydantic import BaseModel

from headrace import App, Job, PermanentError
from headrace.ids import new_id
from headrace.jobs.replay import replay_all
from headrace.jobs.retry import retry_all

app = App("again")
pytestmark = pytest.mark.anyio
did: list[str] = []


class Letter(BaseModel):
    to: str


async def do(name: str) -> str:
    did.append(name)
    return name.upper()


@app.task
async def write(job: Job, letter: Letter) -> None:
    await job.step("address", do, letter.to)
    await job.step("seal", do, "wax")
    raise PermanentError("no stamp")


@app.task(concurrency=2, concurrency_per="input.to")
async def carry(_job: Job, letter: Letter) -> str:
    return letter.to


@app.task
async def call_one(job: Job) -> None:
    await job.call(carry, Letter(to="ann"))


@pytest.fixture
def apps():
    did.clear()
    return [app]


@pytest.fixture
def again(runtime):
    async def act(ids):
        async with runtime.database.transaction() as conn:
            return await retry_all(conn, dict.fromkeys(ids))

    return act


@pytest.fixture
def rows(runtime):
    async def read(sql, *params):
        async with runtime.database.connection() as conn:
            return await (await conn.execute(sql, params)).fetchall()

    return read


async def test_each_keeps_its_steps_owner_tags_and_input(submit, again, drain, rows, client):
    ids = [await submit(write, Letter(to=to), owner=to, tags=["post"]) for to in ("ann", "bob")]
    await drain()
    did.clear()
    made = await again(ids)
    columns = "id, retry_of, owner, tags, input, state, stored_bytes"
    found = await rows(f"SELECT {columns} FROM headrace.jobs WHERE retry_of IS NOT NULL ORDER BY id")
    assert [row[:2] for row in found] == [(job.id, old) for job, old in zip(made, ids, strict=True)]
    stored = len('"ANN"' + '"WAX"')
    assert [row[2:] for row in found] == [(to, ["post"], {"to": to}, "queued", stored) for to in ("ann", "bob")]
    assert len((await client.get("/api/v1/jobs?owner=ann&tag=post")).json()["items"]) == 2
    await drain()
    assert did == []


async def test_those_that_are_unfinished_or_gone_are_left_out(submit, again, drain, rows):
    ended = await submit(write, Letter(to="ann"))
    await drain()
    waiting = await submit(write, Letter(to="bob"))
    assert len(await again([waiting, new_id(), ended])) == 1
    assert await rows("SELECT retry_of FROM headrace.jobs WHERE retry_of IS NOT NULL") == [(ended,)]


async def test_of_those_with_one_unique_key_the_first_gets_it(submit, again, drain, rows):
    ids = []
    for _ in range(2):
        ids.append(await submit(write, Letter(to="ann"), unique_key="k"))
        await drain()
    held = await submit(write, Letter(to="bob"), unique_key="held")
    await drain()
    await submit(write, Letter(to="bob"), unique_key="held")
    newest_first = [held, ids[1], ids[0]]
    assert len(await again(newest_first)) == 1
    assert await rows("SELECT retry_of, unique_key FROM headrace.jobs WHERE retry_of IS NOT NULL") == [(ids[1], "k")]


async def test_they_take_the_room_there_is_under_their_limit_keys(submit, again, drain, rows):
    ids = [await submit(carry, Letter(to=to)) for to in ("ann", "ann", "ann", "bob")]
    await drain()
    assert len(await again(ids)) == 4
    sql = "SELECT limit_key, state, count(*) FROM headrace.jobs WHERE retry_of IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    assert await rows(sql) == [
        ("again.carry/ann", "blocked", 1),
        ("again.carry/ann", "queued", 2),
        ("again.carry/bob", "queued", 1),
    ]
    assert await rows("SELECT key, used FROM headrace.limit_keys ORDER BY key") == [
        ("again.carry/ann", 2),
        ("again.carry/bob", 1),
    ]
    await drain()
    assert await rows("SELECT count(*) FROM headrace.jobs WHERE state = 'completed'") == [(8,)]


async def test_what_was_a_child_belongs_to_no_call(submit, again, drain, rows):
    await submit(call_one)
    await drain()
    [[child]] = await rows("SELECT id FROM headrace.jobs WHERE call_id IS NOT NULL")
    [made] = await again([child])
    assert await rows("SELECT call_id, limit_key, state FROM headrace.jobs WHERE id = %s", made.id) == [
        (None, "again.carry/ann", "queued")
    ]


async def test_each_is_replayed_from_where_its_own_step_stands(submit, drain, rows, runtime):
    one = await submit(write, Letter(to="ann"))
    await drain()
    stepless = await submit(carry, Letter(to="bob"))
    await drain()
    did.clear()
    async with runtime.database.transaction() as conn:
        [made] = await replay_all(conn, [stepless, one], "seal")
    assert await rows("SELECT name, run FROM headrace.job_steps WHERE job_id = %s", made.id) == [("address", 0)]
    await drain()
    assert did == ["wax"]
