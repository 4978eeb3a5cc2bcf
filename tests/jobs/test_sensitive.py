"""Sensitive input: plain to the task, encrypted in the database, masked to everybody else."""

import pytest
from pydantic import BaseModel, SecretStr, TypeAdapter

from headrace import App, Job, Sensitive
from headrace.errors import InvalidInput, Unreadable
from headrace.jobs.sensitive import MASK
from headrace.runtime import Runtime

pytestmark = pytest.mark.anyio

CANARY = "canary-7d21e"
app = App("vault")


class Login(BaseModel):
    user: str
    password: Sensitive[str]
    codes: Sensitive[list[int]] = []


class Twice(BaseModel):
    logins: list[Login]
    note: Sensitive[str] | None = None


@app.task
async def sign_in(job: Job, login: Login) -> str:
    return f"{login.user} {len(login.password)} {login.password == CANARY} {sum(login.codes)}"


@app.task
async def sign_in_all(job: Job, all_of: Twice) -> list[str]:
    return await job.call_many(sign_in, all_of.logins)


@app.task
async def peek(job: Job, login: Login) -> None:
    """Never runs."""


@app.task(executor="process")
def sign_in_apart(job, login: Login) -> bool:
    return login.password == CANARY


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"secret_key": SecretStr("a" * 32)})


@pytest.fixture
def stored(runtime):
    """All that the database says of the jobs, as text."""

    async def run() -> str:
        async with runtime.database.connection() as conn:
            found = []
            for table in ("jobs", "job_steps", "job_events", "waits", "schedules", "idempotency_keys", "job_calls"):
                rows = await (await conn.execute(f"SELECT t::text FROM headrace.{table} AS t")).fetchall()
                found += [row for (row,) in rows]
        return "\n".join(found)

    return run


ADA = {"user": "ada", "password": CANARY, "codes": [1, 2]}


async def test_the_task_gets_it_plain_and_nobody_else_sees_it(client, drain, stored):
    accepted = (await client.post("/api/v1/tasks/vault.sign_in/jobs", json={"input": ADA})).json()
    await drain()
    shown = (await client.get(f"/api/v1/jobs/{accepted['id']}")).json()
    assert shown["result"] == "ada 12 True 3"
    assert shown["input"] == {"user": "ada", "password": MASK, "codes": MASK}
    assert CANARY not in await stored()
    assert "$sealed" in await stored()
    for path in ("/api/v1/jobs", f"/api/v1/jobs/{accepted['id']}/events", "/api/v1/jobs?input=user=ada"):
        assert CANARY not in (await client.get(path)).text


async def test_it_goes_to_children_retries_and_replays_and_schedules(client, drain, stored, submit, job):
    job_id = await submit(sign_in_all, {"logins": [ADA, {**ADA, "user": "bob"}], "note": CANARY})
    await drain()
    assert (await job(job_id))["result"] == ["ada 12 True 3", "bob 12 True 3"]
    again = (await client.post(f"/api/v1/jobs/{job_id}/retry")).json()["id"]
    changed = {"input": {"logins": [ADA]}}
    replayed = (await client.post(f"/api/v1/jobs/{job_id}/replays", json=changed)).json()["id"]
    rule = {"name": "nightly", "task": "vault.sign_in", "cron": "0 3 * * *", "input": ADA}
    made = await client.post("/api/v1/schedules", json=rule)
    assert made.status_code == 201
    assert made.json()["input"]["password"] == MASK
    fired = (await client.post("/api/v1/schedules/nightly/firings")).json()["id"]
    await drain()
    assert (await job(again))["result"] == ["ada 12 True 3", "bob 12 True 3"]
    assert (await job(replayed))["result"] == ["ada 12 True 3"]
    assert (await job(fired))["result"] == "ada 12 True 3"
    assert CANARY not in await stored()


async def test_a_process_of_its_own_gets_it_plain(drain, submit, job):
    job_id = await submit(sign_in_apart, Login(user="ada", password=CANARY))
    await drain()
    assert (await job(job_id))["result"] is True


async def test_another_key_opens_it_while_the_first_is_still_believed(settings, apps, submit, job):
    job_id = await submit(sign_in, ADA)
    value = (await job(job_id))["input"]
    new = settings.model_copy(update={"secret_key": SecretStr("b" * 32), "old_secret_keys": settings.secret_key})
    async with Runtime.open(new, apps, connections=2):
        assert sign_in.decode_input(value) == Login(**ADA)
    lost = settings.model_copy(update={"secret_key": SecretStr("b" * 32)})
    async with Runtime.open(lost, apps, connections=2):
        with pytest.raises(Unreadable, match="HEADRACE_OLD_SECRET_KEYS"):
            sign_in.decode_input(value)


async def test_what_was_sealed_for_one_task_does_not_open_in_another(submit, job):
    value = (await job(await submit(sign_in, ADA)))["input"]
    with pytest.raises(Unreadable, match="moved"):
        peek.decode_input(value)


async def test_input_that_does_not_fit_is_refused_without_repeating_it(runtime):
    with pytest.raises(InvalidInput) as refused:
        sign_in.submission({"user": "ada", "password": [CANARY]})
    assert "/input/password" in str(refused.value)
    assert CANARY not in str(refused.value)


async def test_the_description_says_that_it_is_only_written(client):
    schema = TypeAdapter(Login).json_schema()["properties"]
    assert schema["password"] == {"title": "Password", "type": "string", "writeOnly": True}
    assert "writeOnly" not in schema["user"]
    assert (await client.get("/api/v1/openapi.json")).text.count('"writeOnly":true') >= 2


def test_outside_of_a_job_it_is_the_type_itself():
    login = Login.model_validate(ADA)
    assert login.password == CANARY
    assert login.model_dump() == ADA
