"""Waits of plain functions in processes of their own: the worker opens them, makes their addresses, and parks the job."""

from datetime import timedelta

import pytest

from headrace import App, SyncJob

app = App("mills")
pytestmark = pytest.mark.anyio


@pytest.fixture
def apps():
    return [app]


@app.task(executor="process")
def grind_when_told(job: SyncJob) -> list[str]:
    job.sleep(timedelta(hours=1))
    wait = job.open_wait("grain", str)
    url = job.step("note", str, wait.url)
    return [wait.result(), str(url == wait.url)]


async def test_a_function_in_a_process_parks_and_goes_on_with_its_answer(submit, drain, job, client, clock, waits):
    job_id = await submit(grind_when_told)
    await drain()
    assert ((await job(job_id))["state"], set(await waits(job_id))) == ("waiting", {"sleep"})
    clock.advance(timedelta(hours=2))
    await drain()
    [step] = [step for step in (await client.get(f"/api/v1/jobs/{job_id}/steps")).json() if step["name"] == "note"]
    assert (await client.post(step["result"], json="rye")).status_code == 200
    await drain()
    row = await job(job_id)
    assert (row["state"], row["result"], row["runs"]) == ("completed", ["rye", "True"], 3)
