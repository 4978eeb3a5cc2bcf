"""The jobs over HTTP: submitted, found, cancelled, retried."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.anyio


async def submit_one(client, task="demo.rest", **options) -> dict:
    answer = await client.post("/api/v1/jobs", json={"task": task, **options})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_generic_and_typed_submission_make_the_same_job(client, drain):
    for path, body in (
        ("/api/v1/jobs", {"task": "demo.write", "input": {"topic": "mills"}}),
        ("/api/v1/tasks/demo.write/jobs", {"input": {"topic": "mills"}}),
    ):
        accepted = await client.post(path, json=body)
        assert accepted.status_code == 202
        assert (accepted.json()["state"], accepted.json()["queue"], accepted.json()["created"]) == (
            "queued",
            "demo",
            True,
        )
        await drain()
        job = (await client.get(accepted.headers["location"])).json()
        assert (job["state"], job["result"], job["run"]) == ("completed", "about mills", 1)
        assert job["input"] == {"topic": "mills", "words": 100, "tone": {"warmth": 5}}
        assert job["links"]["self"] == accepted.headers["location"]


async def test_task_without_input_is_submitted_without_one(client):
    assert (await client.post("/api/v1/tasks/demo.rest/jobs", json={})).status_code == 202
    assert (await client.post("/api/v1/tasks/demo.rest/jobs", json={"input": {"a": 1}})).status_code == 422


async def test_submission_keeps_its_options(client):
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    accepted = await submit_one(client, priority=-5, run_at=at, unique_key="k", owner="ann", tags=["a", "b"])
    job = (await client.get(accepted["links"]["self"])).json()
    assert accepted["state"] == job["state"] == "scheduled"
    assert (job["priority"], job["unique_key"], job["owner"], job["tags"]) == (-5, "k", "ann", ["a", "b"])
    assert datetime.fromisoformat(job["run_at"]) == datetime.fromisoformat(at)


async def test_start_that_no_clock_can_hold_is_refused(client):
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "1969-12-31T00:00:00Z", 10**18):
        answer = await client.post("/api/v1/jobs", json={"task": "demo.rest", "run_at": at})
        assert answer.status_code == 422, at
        assert answer.json()["errors"][0]["pointer"] == "/run_at"
    assert (await client.get("/api/v1/jobs")).json()["items"] == []


async def test_second_submission_with_a_unique_key_names_the_first_job(client):
    first = await submit_one(client, unique_key="k")
    second = await submit_one(client, unique_key="k")
    assert (second["id"], second["created"]) == (first["id"], False)


async def test_list_is_paged_newest_first_without_gap_or_repeat(client):
    ids = [(await submit_one(client))["id"] for _ in range(7)]
    found, cursor = [], None
    while True:
        page = (await client.get("/api/v1/jobs", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        found += [job["id"] for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ids[::-1]


async def test_list_shows_neither_input_nor_result(client):
    await submit_one(client)
    [job] = (await client.get("/api/v1/jobs")).json()["items"]
    assert "input" not in job
    assert "result" not in job


async def test_failed_job_shows_its_error_and_each_attempt(client, submit, tasks, drain, clock):
    job_id = await submit(tasks["fall"])
    for _ in range(3):
        await drain()
        clock.advance(timedelta(hours=1))
    job = (await client.get(f"/api/v1/jobs/{job_id}")).json()
    attempts = (await client.get(f"/api/v1/jobs/{job_id}/attempts")).json()
    assert (job["state"], job["failures"]) == ("failed", 3)
    assert "fell" in job["error"]["message"]
    assert [(attempt["run"], attempt["outcome"]) for attempt in attempts] == [
        (1, "failed"),
        (2, "failed"),
        (3, "failed"),
    ]


async def test_waiting_job_has_no_attempt_yet(client):
    accepted = await submit_one(client)
    assert (await client.get(accepted["links"]["attempts"])).json() == []
    assert (await client.get(accepted["links"]["steps"])).json() == []
    assert (await client.get(accepted["links"]["events"])).json() == {"items": [], "next_after": None}


async def test_cancellation_of_a_queued_job_is_final_and_may_be_repeated(client):
    accepted = await submit_one(client)
    for _ in range(2):
        answer = await client.put(accepted["links"]["cancellation"])
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    job = (await client.get(accepted["links"]["self"])).json()
    assert (job["state"], job["cancellation"]["stopped"]) == ("cancelled", "before_start")


async def test_completed_job_cannot_be_cancelled(client, submit, tasks, drain):
    job_id = await submit(tasks["rest"])
    await drain()
    answer = await client.put(f"/api/v1/jobs/{job_id}/cancellation")
    assert (answer.status_code, answer.json()["code"]) == (409, "job_finished")


async def test_retry_makes_a_new_job_of_a_finished_one(client, submit, tasks, drain):
    job_id = await submit(tasks["rest"])
    assert (await client.post(f"/api/v1/jobs/{job_id}/retry")).json()["code"] == "job_unfinished"
    await drain()
    accepted = await client.post(f"/api/v1/jobs/{job_id}/retry")
    assert accepted.status_code == 202
    job = (await client.get(accepted.headers["location"])).json()
    assert (job["state"], job["retry_of"], job["task"]) == ("queued", str(job_id), "demo.rest")


async def test_acts_on_an_unknown_job_are_404(client):
    unknown = "/api/v1/jobs/01900000-0000-7000-8000-000000000000"
    assert (await client.put(f"{unknown}/cancellation")).status_code == 404
    assert (await client.post(f"{unknown}/retry")).status_code == 404


async def test_tasks_show_the_schemas_of_input_and_output(client):
    shown = {task["name"]: task for task in (await client.get("/api/v1/tasks")).json()}
    assert shown["demo.write"]["input_schema"]["properties"]["topic"]["maxLength"] == 200
    assert shown["demo.write"]["output_schema"] == {"type": "string"}
    assert shown["demo.write"]["description"] == "Write about a topic."
    assert shown["demo.rest"]["input_schema"] is None
    assert (await client.get("/api/v1/tasks/demo.write")).json() == shown["demo.write"]


async def test_workers_are_listed(client, submit, tasks, drain):
    await submit(tasks["rest"])
    await drain()
    [worker] = (await client.get("/api/v1/workers")).json()
    assert worker["started_at"] <= worker["heartbeat_at"]
    assert (worker["queues"], worker["state"]) == (["demo"], "stopped")


async def test_no_heartbeat_of_a_worker_lies_in_the_future(client, runtime, submit, tasks, drain):
    await submit(tasks["rest"])
    await drain()
    async with runtime.database.transaction() as conn:
        await conn.execute(
            "UPDATE headrace.workers SET state = 'live', ended_at = NULL, lease_until = now() + interval '1 day'"
        )
        row = await (await conn.execute("SELECT now() + interval '1 hour'")).fetchone()
    [worker] = (await client.get("/api/v1/workers")).json()
    assert datetime.fromisoformat(worker["heartbeat_at"]) < row[0]


async def test_list_filters_by_duration_error_and_input_and_says_how_far_it_looked(client, drain):
    await client.post("/api/v1/jobs", json={"task": "demo.write", "input": {"topic": "herons", "tone": {"warmth": 7}}})
    await client.post("/api/v1/jobs", json={"task": "demo.write", "input": {"topic": "mills"}})
    await client.post("/api/v1/jobs", json={"task": "demo.fall"})
    await drain()

    async def found(**params) -> list[str]:
        answer = await client.get("/api/v1/jobs", params=params)
        assert (answer.status_code, answer.json()["searched"]) == (200, 50_000)
        return [item["task"] for item in answer.json()["items"]]

    assert await found(error="FELL") in (["demo.fall"], [])  # retried until it fails for good
    assert await found(input="topic=herons") == ["demo.write"]
    assert await found(input=["topic=herons", "tone.warmth=7"]) == ["demo.write"]
    assert await found(input="tone.warmth=8") == []
    assert len(await found(max_seconds=60, task="demo.write")) == 2
    assert await found(min_seconds=60) == []
    assert (await client.get("/api/v1/jobs")).json()["searched"] is None


@pytest.mark.parametrize(
    "params", [{"input": "nonsense"}, {"input": "=x"}, {"error": "a\0b"}, {"min_seconds": -1}, {"max_seconds": "x"}]
)
async def test_search_filters_that_cannot_be_meant_are_refused(client, params):
    assert (await client.get("/api/v1/jobs", params=params)).status_code == 422


async def test_jobs_are_counted_by_state(client, submit, tasks, drain):
    await submit(tasks["rest"], owner="ann")
    await drain()
    await submit_one(client)
    states = (await client.get("/api/v1/jobs/counts", params={"state": "queued"})).json()["states"]
    assert states["queued"] == states["completed"] == {"count": 1, "is_exact": True, "text": "1"}
    assert states["failed"]["count"] == 0
    of_ann = (await client.get("/api/v1/jobs/counts", params={"owner": "ann"})).json()["states"]
    assert (of_ann["queued"]["count"], of_ann["completed"]["count"]) == (0, 1)
    assert (await client.get("/api/v1/jobs/counts", params={"limit": 1})).status_code == 422


async def test_a_job_and_its_row_name_what_it_cost_and_its_family(client, runtime):
    accepted = await submit_one(client)
    await submit_one(client)
    async with runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.jobs SET cost_nano_usd = 70 WHERE id = %s", [accepted["id"]])
    page = (await client.get("/api/v1/jobs", params={"min_cost_nano_usd": 70})).json()
    assert [(job["id"], job["cost_nano_usd"], job["parent_id"]) for job in page["items"]] == [
        (accepted["id"], 70, None)
    ]
    assert page["searched"] == 50_000
    shown = (await client.get(accepted["links"]["self"])).json()
    assert shown["children"] == {"count": 0, "unfinished": 0, "failed": 0}
