"""People answer waits over the API: they see what is asked, and it is kept who answered, when, and with which comment."""

from datetime import timedelta

import pytest

from headrace import App, Approval, Job

app = App("approvals")
pytestmark = pytest.mark.anyio


@pytest.fixture
def apps():
    return [app]


@app.task
async def publish(job: Job) -> str:
    approval = await job.wait_for("approval", Approval, timeout=timedelta(days=3))
    return f"{approval.approved} {approval.comment} {approval.edits}"


@app.task
async def rest(job: Job) -> None:
    await job.sleep(timedelta(hours=1))


async def test_what_is_open_is_listed_with_the_form_of_its_answer(submit, drain, client):
    ids = [str(await submit(publish)) for _ in range(3)]
    await submit(rest)
    await drain()
    page = (await client.get("/api/v1/waits", params={"limit": 2})).json()
    rest_of_it = (await client.get("/api/v1/waits", params={"cursor": page["next_cursor"]})).json()
    items = [*page["items"], *rest_of_it["items"]]
    assert sorted(item["job_id"] for item in items) == sorted(ids)
    assert rest_of_it["next_cursor"] is None
    assert items[0]["answer_schema"]["properties"].keys() == {"approved", "comment", "edits"}
    sleeps = (await client.get("/api/v1/waits", params={"kind": "sleep"})).json()["items"]
    assert [item["name"] for item in sleeps] == ["sleep"]


async def test_who_answers_when_and_why_is_kept(submit, drain, client, job, waits, events):
    job_id = await submit(publish)
    await drain()
    [wait] = (await client.get(f"/api/v1/jobs/{job_id}/waits")).json()
    body = {
        "answer": {"approved": True, "comment": "fine", "edits": {"title": "New"}},
        "by": "ada",
        "comment": "read twice",
    }
    answer = await client.put(wait["links"]["answer"], json=body)
    assert (answer.status_code, answer.json()["name"]) == (200, "approval")
    kept = (await client.get(wait["links"]["self"])).json()
    assert (kept["state"], kept["answered_by"], kept["comment"]) == ("answered", "ada", "read twice")
    assert kept["settled_at"] == answer.json()["answered_at"]
    assert (await events(job_id))[-1][1]["by"] == "ada"
    await drain()
    assert (await job(job_id))["result"] == "True fine {'title': 'New'}"


async def test_an_answer_that_does_not_fit_is_pointed_at_in_the_body(submit, drain, client):
    job_id = await submit(publish)
    await drain()
    [wait] = (await client.get(f"/api/v1/jobs/{job_id}/waits")).json()
    answer = await client.put(wait["links"]["answer"], json={"answer": {"approved": "perhaps"}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/answer/approved")


async def test_a_sleep_is_not_answered_by_anybody(submit, drain, client):
    job_id = await submit(rest)
    await drain()
    [wait] = (await client.get(f"/api/v1/jobs/{job_id}/waits")).json()
    answer = await client.put(wait["links"]["answer"], json={"answer": None})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_waiting_job_says_what_for_and_until_when(submit, drain, client):
    job_id = await submit(publish)
    await drain()
    why = (await client.get(f"/api/v1/jobs/{job_id}")).json()["why"]
    assert why["reason"] == "waiting"
    assert "'approval'" in why["detail"]
    assert why["until"] is not None


@pytest.mark.parametrize("path", ["waits", "jobs"])
async def test_what_is_not_there_is_not_found(client, path):
    missing = "01a00000-0000-7000-8000-000000000000"
    suffix = "/waits" if path == "jobs" else ""
    assert (await client.get(f"/api/v1/{path}/{missing}{suffix}")).status_code == 404
