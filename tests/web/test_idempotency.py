"""`Idempotency-Key`: one job for one key, whatever the client repeats."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace.clock import Clock
from headrace.db.query import query

pytestmark = pytest.mark.anyio

JOB = {"task": "demo.write", "input": {"topic": "mills"}}


@pytest.fixture
def clock() -> Clock:
    """Stands at the present until it is moved."""
    return Clock(datetime.now(UTC))


def key(value: str) -> dict[str, str]:
    return {"Idempotency-Key": value}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/jobs", JOB),
        ("/api/v1/tasks/demo.write/jobs", {"input": JOB["input"]}),
        ("/api/v1/demo/writings", JOB["input"]),
    ],
)
async def test_repeated_request_gets_the_first_answer_and_makes_no_second_job(client, path, body, count_jobs, rows):
    first = await client.post(path, json=body, headers=key("a"))
    again = await client.post(path, json=body, headers=key("a"))
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"] == f"/api/v1/jobs/{first.json()['id']}"
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert await count_jobs() == 1
    assert await rows() == ([1] if "demo/writings" in path else [])


async def test_bare_and_quoted_form_are_the_same_key(client, count_jobs):
    await client.post("/api/v1/jobs", json=JOB, headers=key("abc"))
    await client.post("/api/v1/jobs", json=JOB, headers=key('"abc"'))
    assert await count_jobs() == 1


async def test_same_key_with_another_body_is_refused(client, count_jobs):
    await client.post("/api/v1/jobs", json=JOB, headers=key("a"))
    answer = await client.post("/api/v1/jobs", json=JOB | {"priority": 1}, headers=key("a"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await count_jobs() == 1


async def test_key_belongs_to_its_path(client, count_jobs):
    await client.post("/api/v1/jobs", json=JOB, headers=key("a"))
    await client.post("/api/v1/tasks/demo.write/jobs", json={"input": JOB["input"]}, headers=key("a"))
    assert await count_jobs() == 2


async def test_requests_without_a_key_are_each_done(client, count_jobs):
    await client.post("/api/v1/jobs", json=JOB)
    await client.post("/api/v1/jobs", json=JOB)
    assert await count_jobs() == 2


async def test_second_request_while_the_first_is_going_is_refused(client, runtime, count_jobs):
    params = {"scopes": ["local POST /api/v1/jobs"], "keys": ["a"], "now": None}
    async with runtime.database.transaction() as conn:
        await conn.execute(query("headrace.web", "find_answers"), params)
        answer = await client.post("/api/v1/jobs", json=JOB, headers=key("a"))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_busy")
    assert await count_jobs() == 0
    assert (await client.post("/api/v1/jobs", json=JOB, headers=key("a"))).status_code == 202


async def test_error_is_not_kept_so_that_the_request_can_be_mended(client, count_jobs):
    refused = await client.post("/api/v1/jobs", json=JOB | {"input": {}}, headers=key("a"))
    assert refused.status_code == 422
    assert (await client.post("/api/v1/jobs", json=JOB, headers=key("a"))).status_code == 202
    assert await count_jobs() == 1


async def test_key_is_free_again_after_24_hours(client, clock, count_jobs):
    await client.post("/api/v1/jobs", json=JOB, headers=key("a"))
    clock.advance(timedelta(hours=23, minutes=59))
    await client.post("/api/v1/jobs", json=JOB, headers=key("a"))
    assert await count_jobs() == 1
    clock.advance(timedelta(minutes=2))
    answer = await client.post("/api/v1/jobs", json=JOB | {"priority": 1}, headers=key("a"))
    assert answer.status_code == 202
    assert await count_jobs() == 2


async def test_malformed_key_is_refused(client, count_jobs):
    for value in ("", '""', "x" * 256, '"' + "x" * 256 + '"', "a b", '"a', 'a"b', "a,b", "\u00e9"):
        answer = await client.post("/api/v1/jobs", json=JOB, headers={"Idempotency-Key": value.encode("latin-1")})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed"), value
    assert await count_jobs() == 0


async def test_key_of_255_characters_is_taken(client):
    assert (await client.post("/api/v1/jobs", json=JOB, headers=key("x" * 255))).status_code == 202


async def test_retry_is_done_once_per_key(client, submit, tasks, drain, count_jobs):
    job_id = await submit(tasks["rest"])
    await drain()
    first = await client.post(f"/api/v1/jobs/{job_id}/retry", headers=key("a"))
    again = await client.post(f"/api/v1/jobs/{job_id}/retry", headers=key("a"))
    assert first.json() == again.json()
    assert await count_jobs() == 2
