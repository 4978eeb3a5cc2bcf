"""`headrace jobs`, `queues`, `schedules`, `bulk` and `retention` against a real server: what they print and do."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest
from pydantic import BaseModel
from tests.ports import free_port
from typer.testing import CliRunner

from headrace import App, Job
from headrace.cli.main import cli
from headrace.errors import HeadraceError, InvalidInput, NotFound, Unavailable
from headrace.jobs.upkeep import BULK, perform
from headrace.testing.serving import serving

pytestmark = pytest.mark.anyio

app = App("demo")


class Brief(BaseModel):
    topic: str


@app.schedule("0 6 * * *", name="morning", input=Brief(topic="dew"))
@app.task
async def write(job: Job, brief: Brief) -> str:
    return brief.topic


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def headrace(runtime, monkeypatch):
    """Run a command against a server of the test's own; return what it printed."""
    async with serving(runtime) as (address, _):
        monkeypatch.setenv("HEADRACE_PORT", address.rpartition(":")[2])
        monkeypatch.setenv("HEADRACE_SECRET_KEY", runtime.settings.secret_key.get_secret_value())
        yield command


async def command(*words, on="stdout"):
    result = await asyncio.to_thread(CliRunner().invoke, cli, [str(word) for word in words])
    if isinstance(result.exception, HeadraceError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return getattr(result, on)


async def test_jobs_are_listed_by_filter_as_a_table_and_as_json(headrace, submit):
    mine = await submit(write, {"topic": "mills"}, owner="me", tags=["a"])
    await submit(write, {"topic": "tides"}, owner="you")
    head, line = (
        await headrace("jobs", "list", "--owner", "me", "--state", "queued", "--state", "running")
    ).splitlines()
    assert head.startswith("id ")
    assert head.endswith("owner  progress or error")
    assert line.split()[:4] == [str(mine), "demo.write", "queued", "demo"]
    page = json.loads(await headrace("jobs", "list", "--tag", "a", "--json"))
    assert [job["id"] for job in page["items"]] == [str(mine)]


async def test_a_page_names_the_next_and_a_search_its_reach(headrace, submit):
    first, second = [await submit(write, {"topic": "mills"}) for _ in range(2)]
    said = await headrace("jobs", "list", "--limit", 1, "--input", "topic=mills", on="stderr")
    assert "newest 50,000" in said
    cursor = said.split("--cursor ")[1].strip()
    shown = await headrace("jobs", "list", "--limit", 1, "--cursor", cursor)
    assert str(first) in shown
    assert str(second) not in shown


async def test_a_job_is_shown_with_why_it_does_not_run(headrace, submit):
    job_id = await submit(write, {"topic": "mills \x1b[2J"}, owner="me")
    facts = dict(line.split(maxsplit=1) for line in (await headrace("jobs", "show", job_id)).splitlines())
    assert (facts["id"], facts["state"], facts["owner"], facts["result"]) == (str(job_id), "queued", "me", "-")
    assert "\x1b" not in facts["input"]
    assert "No live worker serves the queue demo" in await headrace("jobs", "why", job_id)
    assert json.loads(await headrace("jobs", "show", job_id, "--json"))["why"]["reason"] == "no_worker"


async def test_a_job_is_cancelled_and_submitted_anew(headrace, submit, job):
    job_id = await submit(write, {"topic": "mills"})
    assert await headrace("jobs", "cancel", job_id) == "cancelled\n"
    again = UUID((await headrace("jobs", "retry", job_id)).strip())
    assert (await job(again))["retry_of"] == job_id
    assert await headrace("jobs", "why", job_id) == "It is cancelled.\n"


async def test_a_queue_is_paused_resumed_and_limited(headrace):
    async def queue():
        return (await headrace("queues", "list")).splitlines()[1].split()

    assert await queue() == ["demo", "0", "-", "0", "no", "-", "-"]
    await headrace("queues", "pause", "demo")
    await headrace("queues", "limit", "demo", "--concurrency", 3, "--rate", "120/60")
    assert await queue() == ["demo", "0", "-", "0", "yes", "3", "0.5", "s"]
    await headrace("queues", "resume", "demo")
    await headrace("queues", "limit", "demo")
    assert await queue() == ["demo", "0", "-", "0", "no", "-", "-"]


async def test_a_schedule_is_run_paused_and_resumed(headrace, runtime, job):
    await runtime.scheduler.declare(None)
    times = json.loads(await headrace("schedules", "next", "demo.morning", "--json"))
    assert len(times) == 5
    assert (await headrace("schedules", "next", "demo.morning")).splitlines()[0] == f"{times[0][:10]} 06:00:00 UTC"
    job_id = UUID((await headrace("schedules", "run", "demo.morning")).strip())
    assert (await job(job_id))["input"] == {"topic": "dew"}
    await headrace("schedules", "pause", "demo.morning")
    [schedule] = json.loads(await headrace("schedules", "list", "--json"))
    assert schedule["paused_at"]
    assert "paused" in (await headrace("schedules", "list")).splitlines()[1]
    await headrace("schedules", "resume", "demo.morning")
    assert "active" in (await headrace("schedules", "list")).splitlines()[1]


async def test_a_bulk_action_is_started_followed_and_listed(headrace, runtime, submit, job):
    job_id = await submit(write, {"topic": "mills"}, owner="me")
    bulk_id = (await headrace("bulk", "start", "cancel", "--owner", "me")).strip()
    for _ in range(2):
        await perform(BULK, runtime.database, runtime.wakeups)
    assert (await job(job_id))["state"] == "cancelled"
    line = (await headrace("bulk", "show", bulk_id)).splitlines()[1]
    assert line.split()[:6] == [bulk_id, "cancel", "completed", "1", "1", "0"]
    assert bulk_id in await headrace("bulk", "list")


async def test_a_bulk_action_needs_a_filter_or_all(headrace, runtime):
    for words in ((), ("--all", "--owner", "me")):
        with pytest.raises(InvalidInput, match="Say which jobs"):
            await headrace("bulk", "start", "delete", *words)
    assert json.loads(await headrace("bulk", "list", "--json")) == []
    bulk_id = (await headrace("bulk", "start", "delete", "--all")).strip()
    await headrace("bulk", "abort", bulk_id)
    assert json.loads(await headrace("bulk", "show", bulk_id, "--json"))["state"] == "aborted"


async def test_a_bulk_action_takes_what_the_list_takes_and_ids(headrace, submit):
    ids = [str(await submit(write, {"topic": topic})) for topic in ("mills", "mills", "tides")]
    searched = ["--input", "topic=mills", "--no-children"]
    listed = json.loads(await headrace("jobs", "list", *searched, "--json"))
    assert [job["id"] for job in listed["items"]] == ids[1::-1]
    named = [word for id_ in ids[1:] for word in ("--id", id_)]
    for words, total, count in ((searched, 2, 0), (named, 2, 2), ([*searched, *named], 1, 2)):
        bulk_id = (await headrace("bulk", "start", "cancel", *words)).strip()
        shown = json.loads(await headrace("bulk", "show", bulk_id, "--json"))
        assert (shown["total"]["count"], shown["ids"]) == (total, count)
    assert shown["filter"] == {"input": ["topic=mills"], "children": False}
    assert (
        json.loads(await headrace("jobs", "list", "--min-cost-nano-usd", 1, "--fingerprint", "x", "--json"))["items"]
        == []
    )


async def test_a_bulk_replay_names_its_step(headrace):
    bulk_id = (await headrace("bulk", "start", "replay", "--task", "demo.write", "--from-step", "draft")).strip()
    shown = json.loads(await headrace("bulk", "show", bulk_id, "--json"))
    assert (shown["action"], shown["from_step"]) == ("replay", "draft")


async def test_retention_says_what_would_go(headrace):
    plain, dry = await headrace("retention"), await headrace("retention", "--dry-run")
    assert "14 days" in plain
    assert "To be deleted" not in plain
    assert dry.startswith(plain)
    assert "ended before" in dry


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (["jobs", "show", "../tasks"], InvalidInput, "no job id"),
        (["jobs", "cancel", str(UUID(int=1))], NotFound, "no job"),
        (["jobs", "list", "--state", "done"], InvalidInput, "state"),
        (["queues", "pause", "nowhere"], NotFound, "no queue 'nowhere'"),
        (["queues", "limit", "demo", "--rate", "fast"], InvalidInput, "COUNT/SECONDS"),
        (["schedules", "next", "nothing"], NotFound, "nothing"),
        (["bulk", "show", str(UUID(int=1))], NotFound, "bulk action"),
    ],
)
async def test_what_can_not_be_done_is_refused_in_one_line(headrace, words, error, says):
    with pytest.raises(error, match=says) as refusal:
        await headrace(*words)
    assert "\n" not in str(refusal.value)


async def test_without_a_server_every_command_says_so(monkeypatch):
    port = str(free_port())
    monkeypatch.setenv("HEADRACE_PORT", port)
    for words in (("jobs", "list"), ("queues", "list"), ("schedules", "list"), ("bulk", "list"), ("retention",)):
        with pytest.raises(Unavailable, match=f"No server answers at http://127.0.0.1:{port}; start it with"):
            await command(*words)
