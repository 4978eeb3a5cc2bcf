"""Jobs in a real browser: run by a form, watched, cancelled with a receipt, filtered by the address, by keys alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Headrace, running

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]
PROGRAM = '''
import asyncio
from headrace import App, Job, Retry
from pydantic import BaseModel, Field

app = App("sums")

class Numbers(BaseModel):
    left: int = Field(ge=0, description="Not below zero.")
    right: int = 2

@app.task
async def add(job: Job, numbers: Numbers) -> dict[str, int]:
    """Add two numbers.

    More about it.
    """
    job.text(f"Adding {numbers.left} and {numbers.right}")
    return {"sum": numbers.left + numbers.right}

@app.task
async def grind(job: Job) -> None:
    """Work until somebody stops it."""
    for turn in range(10_000):
        job.text(f"Turn {turn}. ")
        job.progress(min(1, turn / 10_000), f"turn {turn}")
        await asyncio.sleep(0.05)

@app.task(retry=Retry(attempts=1))
async def stumble(job: Job, stone: str) -> None:
    """Fail."""
    raise ValueError(f"There is a stone: {stone}")
'''


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` with an app of three small tasks."""
    folder = tmp_path_factory.mktemp("mill")
    (folder / "own_app.py").write_text(PROGRAM)
    with running(folder, "own_app.py") as started:
        yield started


@pytest.fixture
def visit(open_page: Open, mill: Headrace) -> Open:
    """Open a page of that server."""
    return lambda path, **options: open_page(path, at=mill, **options)


def test_a_task_is_run_by_a_form_and_a_refusal_stands_at_its_field(visit: Open, complaints: list[str]) -> None:
    page = visit("/tasks")
    page.get_by_role("link", name="sums.add").click()
    expect(page.get_by_text("Add two numbers.").first).to_be_visible()
    page.get_by_label("Left").fill("-1")
    page.get_by_role("button", name="Run sums.add").click()
    expect(page.get_by_label("Left")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Left").fill("40")
    page.get_by_role("button", name="Run sums.add").click()
    page.wait_for_url("**/jobs/*")
    expect(page.get_by_text("completed", exact=True).first).to_be_visible()
    expect(page.get_by_role("tabpanel")).to_contain_text('"sum": 42')
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_text("Adding 40 and 2")).to_be_visible()
    complaints[:] = [said for said in complaints if "422" not in said]  # the refusal


def test_what_is_copied_as_curl_runs_as_it_stands(visit: Open, mill: Headrace) -> None:
    job = mill.post("/api/v1/jobs", {"task": "sums.add", "input": {"left": 1}})
    page = visit(f"/jobs/{job['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Copy as curl").click()
    command = page.locator("pre").filter(has_text="curl").inner_text()
    key = mill.headers["Authorization"].removeprefix("Bearer ")
    environment = {**os.environ, "HEADRACE_API_KEY": key}
    answer = subprocess.run(command, shell=True, capture_output=True, check=True, env=environment)
    made = json.loads(answer.stdout)["id"]
    page.goto(f"{mill.address}/jobs/{made}")
    expect(page.get_by_role("tabpanel")).to_contain_text('"sum": 3')


def test_live_text_arrives_and_a_cancelled_job_shows_its_receipt(visit: Open, mill: Headrace) -> None:
    job = mill.post("/api/v1/jobs", {"task": "sums.grind"})
    page = visit(f"/jobs/{job['id']}")
    expect(page.get_by_text("Turn 3.")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("Receipt of the cancellation")).to_be_visible()
    expect(page.get_by_text("Its code was cancelled and has ended.")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    page.wait_for_url(lambda url: job["id"] not in url)
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible()


def test_a_stream_that_is_refused_is_polled_and_taken_up_again(
    visit: Open, mill: Headrace, complaints: list[str]
) -> None:
    job = mill.post("/api/v1/jobs", {"task": "sums.grind"})
    refused = iter(range(4))
    answer = {"status": 500, "body": ""}
    page = visit("/jobs")
    page.route(
        "**/events?*", lambda route: route.continue_() if next(refused, None) is None else route.fulfill(**answer)
    )
    page.goto(f"{mill.address}/jobs/{job['id']}")
    expect(page.get_by_text("polling every 2 s")).to_be_visible()
    expect(page.get_by_text("polling every 2 s")).to_be_hidden()
    expect(page.get_by_text("Turn 9.")).to_be_visible()
    mill.put(f"/api/v1/jobs/{job['id']}/cancellation")
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible()
    complaints[:] = [said for said in complaints if "500" not in said]


def test_a_failed_job_says_why_and_is_found_by_filters_that_stand_in_the_address(visit: Open, mill: Headrace) -> None:
    job = mill.post("/api/v1/jobs", {"task": "sums.stumble", "input": "granite"})
    page = visit(f"/jobs/{job['id']}")
    expect(page.get_by_text("There is a stone: granite").first).to_be_visible()
    page.goto(f"{mill.address}/jobs")
    page.get_by_role("group", name="States").get_by_text("failed").click()
    page.wait_for_url("**/jobs?*state=failed*")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("menuitem", name="Error").click()
    page.get_by_label(re.compile("^Part of the error")).fill("granite")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**/jobs?*error=granite*")
    expect(page.get_by_text("sums.stumble").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("sums.stumble").first).to_be_visible()
    assert "state=failed" in page.url
    page.goto(f"{mill.address}/errors")
    expect(page.get_by_text("There is a stone: granite").first).to_be_visible()


def test_a_task_is_found_run_and_stopped_by_keys_alone(visit: Open) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("textbox", name="Find").press_sequentially("grind", delay=30)
    expect(page.get_by_text("sums.grind").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/sums.grind")
    expect(page.get_by_role("heading", name="sums.grind", level=1)).to_be_focused()
    _tab_to(page, "Run sums.grind")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    expect(page.get_by_text("Turn 1.")).to_be_visible()
    page.locator("h1").focus()
    _tab_to(page, "Cancel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    _tab_to(page, "Cancel the job")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Receipt of the cancellation")).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the button of that name has the focus."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not come to {name}")


def test_keys_are_listed_and_lead_to_screens(visit: Open) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({name}) => name.includes('Shortcuts'))"
    )
    page.wait_for_timeout(500)  # until what was loaded is in place
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/queues")


@pytest.mark.parametrize("job", ["01890a5d-ac96-774b-bcce-b302099a8057", "none", "%3Cscript%3E"])
def test_an_address_without_a_job_says_so(visit: Open, complaints: list[str], job: str) -> None:
    page = visit(f"/jobs/{job}")
    expect(page.get_by_role("alert").first).to_be_visible()
    complaints[:] = [said for said in complaints if not re.search("404|422", said)]


def test_an_address_that_leads_nowhere_says_so(visit: Open) -> None:
    page = visit("/nowhere")
    expect(page.get_by_text("There is no such page")).to_be_visible()


def test_the_installed_page_opens_without_the_server_and_waits_for_it(visit: Open, complaints: list[str]) -> None:
    page = visit("/tasks")
    expect(page.get_by_role("link", name="sums.add")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # the worker keeps what it hands out from its first full load on
    expect(page.get_by_role("link", name="sums.add")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Server unreachable").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="sums.add")).to_be_visible()
    complaints[:] = [said for said in complaints if not re.search("ERR_INTERNET|can't be reached", said)]
