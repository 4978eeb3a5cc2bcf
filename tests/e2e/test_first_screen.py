"""The first screen in a real browser, before a real `headrace up`."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from conftest import Headrace

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]
UNREACHABLE = re.compile(
    r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE"
)


def start(page: Page, topic: str) -> str:
    """Start an article as a person does; return the job's id."""
    page.get_by_label("Topic").fill(topic)
    page.get_by_role("button", name="Write article").click()
    page.wait_for_url("**/?job=*")
    expect(page.get_by_role("heading", name=topic)).to_be_visible()
    return parse_qs(urlsplit(page.url).query)["job"][0]


def job_card(page: Page):
    return page.locator("#job")


def section(page: Page, place: int):
    """A section's block: a job of its own fills it."""
    return page.locator(f'#job .text [data-call="sections"] section[data-place="{place}"]')


def wait_for_text(page: Page, place: int) -> None:
    """Wait until some sentences of a section are written."""
    expect(section(page, place).locator(".body")).to_have_text(re.compile(r"\w.{80}", re.DOTALL))


def written_text(page: Page) -> str:
    """What the page shows as the article's sections, without white space."""
    texts = page.locator('#job .text [data-call="sections"] .body').all_text_contents()
    return re.sub(r"\s+", "", "".join(texts))


def sections_of(headrace: Headrace, job_id: str) -> list[dict[str, Any]]:
    """The jobs that write the sections, in their order."""
    children = headrace.get(f"/api/v1/jobs/{job_id}/children")["items"]
    return [child for child in children if child["step"] == "sections"]


def stored_text(headrace: Headrace, job_id: str) -> str:
    """What the jobs of the sections returned, without white space and the offline label."""
    jobs = [headrace.get(f"/api/v1/jobs/{child['id']}") for child in sections_of(headrace, job_id)]
    texts = [job["result"]["text"] for job in jobs]
    return re.sub(r"\s+", "", "".join(re.sub(r"^\[[^\]]*\]", "", text) for text in texts))


def test_an_article_is_started_watched_and_read(open_page: Open, headrace: Headrace):
    page = open_page()
    job_id = start(page, "Mills of the plain")
    card = job_card(page)
    expect(card.locator(".badge.waiting")).to_be_visible()
    for place in range(4):
        wait_for_text(page, place)
    expect(card.get_by_text("offline", exact=True)).to_be_visible()
    expect(card.locator(".badge.completed")).to_be_visible()
    assert written_text(page) == stored_text(headrace, job_id)
    expect(page.locator(f'#jobs a[data-job="{job_id}"] .badge.completed')).to_be_visible()
    card.get_by_role("link", name="Read the article").click()
    page.wait_for_url("**/read/*")
    expect(page.locator(".text")).to_contain_text("Offline placeholder: no AI model wrote this")
    page.goto(headrace.address + "/read")
    expect(page.locator("main")).to_contain_text("(offline)")


def test_a_worker_killed_in_the_middle_loses_nothing(open_page: Open, headrace: Headrace):
    page = open_page()
    job_id = start(page, "Mills in a storm")
    wait_for_text(page, 1)
    headrace.kill("worker")
    expect(job_card(page).locator('[data-place][data-run="2"]').first).to_be_visible()
    expect(job_card(page).locator(".badge.completed")).to_be_visible()
    outline, *_ = headrace.get(f"/api/v1/jobs/{job_id}/children")["items"]
    assert outline["run"] == 1
    assert 2 in {child["run"] for child in sections_of(headrace, job_id)}
    assert written_text(page) == stored_text(headrace, job_id)
    assert len(headrace.get(f"/api/v1/articles?job_id={job_id}")["items"]) == 1


def test_a_web_server_that_goes_away_and_comes_back_is_only_a_pause(
    open_page: Open, headrace: Headrace, complaints: list[str]
):
    page = open_page()
    job_id = start(page, "Mills without a view")
    wait_for_text(page, 0)
    page.get_by_label("Topic").fill("Typed, but not sent")
    headrace.kill("web")
    expect(page.get_by_text("Server unreachable; retrying in")).to_be_visible()
    expect(page.get_by_role("button", name="Write article")).to_be_disabled()
    expect(page.get_by_text("Server unreachable")).to_be_hidden()
    expect(page.get_by_role("button", name="Write article")).to_be_enabled()
    assert page.get_by_label("Topic").input_value() == "Typed, but not sent"
    expect(job_card(page).locator(".badge.completed")).to_be_visible()
    assert written_text(page) == stored_text(headrace, job_id)
    complaints[:] = [said for said in complaints if not UNREACHABLE.search(said)]


def test_a_stream_that_is_refused_is_asked_for_again(open_page: Open, headrace: Headrace, complaints: list[str]):
    page = open_page()
    refusals = iter(range(2))
    answer = {"status": 500, "body": ""}
    page.route(
        "**/events*", lambda route: route.continue_() if next(refusals, None) is None else route.fulfill(**answer)
    )
    job_id = start(page, "Mills that say no")
    expect(job_card(page).locator(".badge.completed")).to_be_visible()
    expect(job_card(page).get_by_role("link", name="Read the article")).to_be_visible()
    wait_for_text(page, 3)
    assert written_text(page) == stored_text(headrace, job_id)
    complaints[:] = [said for said in complaints if "500" not in said]


def test_a_cancelled_article_shows_the_receipt_and_can_be_tried_again(open_page: Open):
    page = open_page()
    job_id = start(page, "Mills that stop")
    wait_for_text(page, 0)
    job_card(page).get_by_role("button", name="Cancel").click()
    expect(job_card(page).locator(".badge.cancelled")).to_be_visible()
    expect(job_card(page).locator(".message")).to_contain_text(re.compile(r"Cancelled\. "))
    expect(section(page, 3)).to_have_attribute("data-state", re.compile("cancelled|completed"))
    job_card(page).get_by_role("button", name="Retry").click()
    page.wait_for_url(lambda url: "job=" in url and job_id not in url)
    expect(job_card(page).locator(".badge.completed")).to_be_visible()


def test_a_failed_job_says_why(open_page: Open, headrace: Headrace):
    missing = {"article_id": str(uuid4())}
    job = headrace.post("/api/v1/jobs", {"task": "articles.enrich_article", "input": missing})
    page = open_page(f"/?job={job['id']}")
    expect(job_card(page).locator(".badge.failed")).to_be_visible()
    expect(job_card(page).locator(".message.wrong")).to_contain_text(f"There is no article {missing['article_id']}")
    expect(job_card(page).get_by_role("button", name="Retry")).to_be_visible()


@pytest.mark.parametrize("job", ["01890a5d-ac96-774b-bcce-b302099a8057", "none", "%3Cscript%3E"])
def test_an_address_without_a_job_says_so(open_page: Open, complaints: list[str], job: str):
    page = open_page(f"/?job={job}")
    expect(page.get_by_role("heading", name="No such job")).to_be_visible()
    complaints[:] = [said for said in complaints if "404" not in said and "422" not in said]


def test_a_topic_is_needed_and_a_hostile_one_is_only_text(open_page: Open):
    page = open_page()
    page.get_by_role("button", name="Write article").click()
    expect(page.get_by_text("Write what the article is to be about.")).to_be_visible()
    expect(page.get_by_label("Topic")).to_be_focused()
    hostile = "<img src=x onerror=alert(1)> & 'mills'"
    start(page, hostile)
    assert page.locator("#job img").count() == 0
    job_card(page).get_by_role("button", name="Cancel").click()
    expect(job_card(page).locator(".badge.cancelled")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screen_fits_a_telephone_and_works_by_keyboard(open_page: Open, scheme: str):
    page = open_page(width=390, height=844, color_scheme=scheme)
    page.get_by_label("Topic").focus()
    page.keyboard.type("Mills under the thumb")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?job=*")
    expect(job_card(page).locator("h2")).to_be_focused()
    wait_for_text(page, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Tab")
    expect(job_card(page).get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(job_card(page).locator(".badge.cancelled")).to_be_visible()
    page.go_back()
    expect(job_card(page)).to_be_hidden()


OWN_APP = '''
from headrace import App, Job
from pydantic import BaseModel

app = App("sums")

class Numbers(BaseModel):
    left: int
    right: int = 2

@app.task
async def add(job: Job, numbers: Numbers) -> dict[str, int]:
    """Add two numbers.

    More about it.
    """
    job.text("Adding")
    return {"sum": numbers.left + numbers.right}
'''


def test_an_app_without_articles_shows_its_own_tasks_and_results(headrace_of, open_page: Open):
    own = headrace_of(OWN_APP)
    page = open_page(at=own)
    expect(page.get_by_role("heading", name="sums.add")).to_be_visible()
    expect(page.get_by_text("Add two numbers.")).to_be_visible()
    expect(page.get_by_role("heading", name="Write an article")).to_be_hidden()
    page.get_by_text("As curl").locator("visible=true").click()
    command = page.get_by_label("Run sums.add with curl").inner_text()
    key = own.headers["Authorization"].removeprefix("Bearer ")
    environment = {**os.environ, "HEADRACE_API_KEY": key}
    answer = subprocess.run(command, shell=True, capture_output=True, check=True, env=environment)
    page.goto(f"{own.address}/?job={json.loads(answer.stdout)['id']}")
    expect(job_card(page).locator(".badge.completed")).to_be_visible()
    expect(job_card(page).get_by_label("Result")).to_have_text(re.compile(r'"sum": 3'))
    expect(job_card(page).locator(".text")).to_contain_text("Adding")


@pytest.mark.parametrize("path", ["/", "/read"])
def test_pages_have_one_heading_one_main_part_and_a_language(open_page: Open, path: str):
    page = open_page(path)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.locator("main").count() == 1
