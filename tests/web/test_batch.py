"""Batches over HTTP: up to 1,000 jobs a call, all accepted or none."""

import pytest
from pydantic import BaseModel

from headrace import App, Job

app = App("batched")
pytestmark = pytest.mark.anyio


class Number(BaseModel):
    n: int


@app.task
async def double(_job: Job, number: Number) -> int:
    return number.n * 2


@pytest.fixture
def apps():
    return [app]


def jobs(*numbers, **options):
    return {"jobs": [{"task": "batched.double", "input": {"n": n}, **options} for n in numbers]}


async def count(client) -> int:
    return len((await client.get("/api/v1/jobs?limit=200")).json()["items"])


async def test_a_batch_is_accepted_together_and_in_order(client, drain, job):
    answer = await client.post("/api/v1/jobs/batch", json=jobs(1, 2, 3))
    assert answer.status_code == 202
    items = answer.json()["items"]
    assert [item["state"] for item in items] == ["queued"] * 3
    await drain()
    assert [(await client.get(item["links"]["self"])).json()["result"] for item in items] == [2, 4, 6]


async def test_one_wrong_job_refuses_the_batch_and_is_pointed_at(client):
    answer = await client.post("/api/v1/jobs/batch", json=jobs(1, "x", 3))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/jobs/1/input/n"
    assert await count(client) == 0


async def test_an_unknown_task_in_a_batch_is_not_found(client):
    body = {"jobs": [{"task": "batched.nothing", "input": {}}]}
    assert (await client.post("/api/v1/jobs/batch", json=body)).status_code == 404


@pytest.mark.parametrize("body", [{"jobs": []}, jobs(*range(1_001)), {"jobs": "x"}, {}])
async def test_a_batch_has_1_to_1000_jobs(client, body):
    assert (await client.post("/api/v1/jobs/batch", json=body)).status_code == 422
    assert await count(client) == 0


async def test_a_batch_sent_again_under_its_key_makes_no_second_one(client):
    headers = {"Idempotency-Key": "batch-1"}
    first = await client.post("/api/v1/jobs/batch", json=jobs(1, 2), headers=headers)
    again = await client.post("/api/v1/jobs/batch", json=jobs(1, 2), headers=headers)
    assert again.json() == first.json()
    assert await count(client) == 2


async def test_a_unique_key_held_can_be_refused_over_http(client):
    await client.post("/api/v1/jobs/batch", json=jobs(1, unique_key="k"))
    refused = await client.post("/api/v1/jobs/batch", json=jobs(2, unique_key="k", if_exists="reject"))
    assert (refused.status_code, refused.json()["code"]) == (409, "unique_conflict")
    replaced = await client.post("/api/v1/jobs/batch", json=jobs(2, unique_key="k", if_exists="replace"))
    assert (replaced.json()["items"][0]["created"], replaced.json()["items"][0]["replaced"]) == (False, True)


async def test_a_delay_makes_a_job_scheduled(client):
    answer = await client.post("/api/v1/jobs/batch", json=jobs(1, delay_seconds=60))
    assert answer.json()["items"][0]["state"] == "scheduled"
