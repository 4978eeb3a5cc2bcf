"""The queues over HTTP, and why a job is not running."""

import pytest

pytestmark = pytest.mark.anyio


async def submit_one(client) -> str:
    answer = await client.post("/api/v1/jobs", json={"task": "demo.rest"})
    return answer.json()["links"]["self"]


async def test_the_queues_of_the_tasks_are_listed_with_what_waits(client):
    await submit_one(client)
    [queue] = (await client.get("/api/v1/queues")).json()
    assert (queue["name"], queue["paused"], queue["workers"]) == ("demo", False, 0)
    assert queue["depth"] == {"count": 1, "is_exact": True, "text": "1"}
    assert 0 <= queue["oldest_age_seconds"] < 60


async def test_a_paused_queue_runs_nothing_until_it_is_resumed(client, drain):
    job = await submit_one(client)
    paused = await client.put("/api/v1/queues/demo/pause")
    assert (paused.status_code, paused.json()["paused"]) == (200, True)
    with pytest.raises(TimeoutError):
        await drain(patience=0.7)
    assert (await client.get(job)).json()["why"]["reason"] == "queue_paused"
    assert not (await client.delete("/api/v1/queues/demo/pause")).json()["paused"]
    await drain()
    assert (await client.get(job)).json()["state"] == "completed"


async def test_a_queue_that_nothing_names_is_not_found(client):
    answer = await client.put("/api/v1/queues/typo/pause")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_job_says_why_it_is_not_running_and_no_more_when_it_has_ended(client, drain):
    job = await submit_one(client)
    why = (await client.get(job)).json()["why"]
    assert (why["reason"], why["position"]["count"]) == ("no_worker", 1)
    await drain()
    assert (await client.get(job)).json()["why"] is None


async def test_a_queues_limits_are_set_shown_and_lifted(client):
    name = (await client.get("/api/v1/queues")).json()[0]["name"]
    body = {"concurrency": 3, "rate": {"count": 10, "seconds": 60}}
    limited = await client.put(f"/api/v1/queues/{name}/limits", json=body)
    assert limited.status_code == 200
    assert (limited.json()["concurrency"], limited.json()["spacing_seconds"]) == (3, 6)
    lifted = await client.put(f"/api/v1/queues/{name}/limits", json={})
    assert (lifted.json()["concurrency"], lifted.json()["spacing_seconds"]) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        {"concurrency": 0},
        {"rate": {"count": 0, "seconds": 1}},
        {"rate": {"count": 1}},
        {"rate": {"count": 1, "seconds": 5e-324}},
        {"rate": {"count": 1_000_000, "seconds": 0.1}},
        {"x": 1},
    ],
)
async def test_limits_that_cannot_be_meant_are_refused(client, body):
    name = (await client.get("/api/v1/queues")).json()[0]["name"]
    assert (await client.put(f"/api/v1/queues/{name}/limits", json=body)).status_code == 422


async def test_limits_of_an_unknown_queue_are_not_found(client):
    assert (await client.put("/api/v1/queues/nowhere/limits", json={})).status_code == 404
