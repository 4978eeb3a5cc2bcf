"""The requests and answers that stand within the text of the pages on durability and waits are as they say."""

import json
import re

import pytest
from tests.pages import DOCS, blocks

from headrace import App, Approval, Job
from headrace.jobs.cancel import cancel

app = App("pages")
pytestmark = pytest.mark.anyio

DURABILITY, WAITS = ((DOCS / name).read_text("utf-8") for name in ("durability.md", "waits.md"))
BODIES = [
    json.loads(body.replace("{…}", '"canals"')) for body in re.findall(r"^\| `(\{.*?\})` \|", DURABILITY, re.MULTILINE)
]
calls: list[str] = []


@pytest.fixture
def apps():
    calls.clear()
    return [app]


async def note(name: str) -> str:
    calls.append(name)
    return name


@app.task
async def write(job: Job, topic: str) -> str:
    return f"{await job.step('outline', note, 'outline')} {await job.step('draft', note, topic)}"


@pytest.mark.parametrize("body", BODIES, ids=json.dumps)
async def test_a_replay_with_each_body_of_the_page_inherits_what_it_says(client, submit, drain, body):
    job_id = await submit(write, "rivers")
    await drain()
    calls.clear()
    answer = await client.post(f"/api/v1/jobs/{job_id}/replays", json=body)
    assert answer.status_code == 202, answer.text
    await drain()
    new = (await client.get(f"/api/v1/jobs/{answer.json()['id']}")).json()
    topic = body.get("input", "rivers")
    assert (new["state"], new["retry_of"], new["result"]) == ("completed", str(job_id), f"outline {topic}")
    assert calls == ([topic] if "from_step" in body else ["outline", topic])


def test_the_page_shows_every_form_of_a_replay():
    assert sorted(sorted(body) for body in BODIES) == [[], ["from_step"], ["from_step", "input"], ["input"]]


async def test_the_preview_of_the_page_says_what_runs_again(client, submit, drain):
    [path] = re.findall(r"`GET (/api/v1/jobs/\{id\}/replays/preview\S*)`", DURABILITY)
    job_id = await submit(write, "rivers")
    await drain()
    answer = await client.get(path.replace("{id}", str(job_id)))
    assert answer.status_code == 200
    assert "is_cost_known" in answer.json()


@app.task
async def cancel_itself(job: Job) -> None:
    async with job.database.connection() as conn:
        await cancel(conn, job.id)


async def test_a_receipt_of_a_cancel_has_the_fields_of_the_page(submit, drain, job):
    [receipt] = blocks("durability.md", "json")
    job_id = await submit(cancel_itself)
    await drain()
    assert set((await job(job_id))["cancellation"]) == set(json.loads(receipt))


@app.task
async def ask(job: Job) -> str | None:
    return (await job.wait_for("approval", Approval)).comment


async def test_the_answer_of_the_page_is_taken_with_who_gave_it(client, submit, drain, job):
    [(path, body)] = re.findall(r"`PUT (/api/v1/waits/\{wait_id\}/answer)` with\s+`(\{.*\})`", WAITS)
    job_id = await submit(ask)
    await drain()
    [wait] = (await client.get("/api/v1/waits")).json()["items"]
    answer = await client.put(path.replace("{wait_id}", wait["id"]), json=json.loads(body))
    assert answer.status_code == 200, answer.text
    await drain()
    assert (await job(job_id))["state"] == "completed"
