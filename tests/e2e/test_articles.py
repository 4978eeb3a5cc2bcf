"""The articles' screens before a real `headrace up`: from a brief to what readers see, whatever dies on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import Headrace

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]
GENERATE = "/apps/articles/generate"
UNREACHABLE = re.compile(
    r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|503|can't be reached"
)
WRITTEN = re.compile(r"\w.{60}", re.DOTALL)


def start(page: Page, topic: str, ending: str | None = None) -> str:
    """Have an article written as a person does; return the job's id."""
    page.get_by_label("Topic").fill(topic)
    if ending:
        page.get_by_text(ending, exact=True).click()
    page.get_by_role("button", name="Write it").click()
    page.wait_for_url("**/generate?job=*")
    return parse_qs(urlsplit(page.url).query)["job"][0]


def texts(page: Page) -> Locator:
    """What is written of the sections so far."""
    return page.get_by_role("region", name=re.compile("^Text of "))


def bare(text: str) -> str:
    """A text without white space and the offline provider's label."""
    return re.sub(r"\s+", "", re.sub(r"\[[^\]]*\]", "", text))


def sections_of(headrace: Headrace, job_id: str) -> list[dict[str, Any]]:
    """The jobs that wrote the sections, in their order."""
    children = headrace.get(f"/api/v1/jobs/{job_id}/children")["items"]
    return [headrace.get(f"/api/v1/jobs/{child['id']}") for child in children if child["step"] == "sections"]


def test_an_article_is_written_reviewed_and_read(open_page: Open, headrace: Headrace) -> None:
    page = open_page(GENERATE)
    job_id = start(page, "Mills of the plain", "Review it first")
    expect(texts(page).first).to_have_text(WRITTEN)
    page.get_by_role("link", name="Review it").click()
    expect(page.get_by_text("This article waits for your review")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("This article waits for your review")).to_be_hidden()
    page.goto(f"{headrace.address}{GENERATE}?job={job_id}")
    expect(page.get_by_text("It is published")).to_be_visible()
    shown = "".join(texts(page).all_text_contents())
    assert bare(shown) == bare("".join(section["result"]["text"] for section in sections_of(headrace, job_id)))
    page.get_by_role("link", name="Open it").click()
    with page.expect_popup() as reading:
        page.get_by_role("link", name=re.compile("Read")).first.click()
    expect(reading.value.locator("main")).to_contain_text("Offline placeholder: no AI model wrote this")


def test_a_worker_killed_in_the_middle_loses_nothing(open_page: Open, headrace: Headrace) -> None:
    page = open_page(GENERATE)
    job_id = start(page, "Mills in a storm", "Publish at once")
    expect(texts(page).nth(1)).to_have_text(WRITTEN)
    headrace.kill("worker")
    expect(page.get_by_text("It is published")).to_be_visible()
    sections = sections_of(headrace, job_id)
    assert 2 in {section["run"] for section in sections}
    shown = "".join(texts(page).all_text_contents())
    assert bare(shown) == bare("".join(section["result"]["text"] for section in sections))
    assert len(headrace.get(f"/api/v1/articles?job_id={job_id}")["items"]) == 1


def test_a_web_server_that_goes_away_and_comes_back_is_only_a_pause(
    open_page: Open, headrace: Headrace, complaints: list[str]
) -> None:
    page = open_page(GENERATE)
    job_id = start(page, "Mills without a view", "Publish at once")
    expect(texts(page).first).to_have_text(WRITTEN)
    page.get_by_label("Topic").fill("Typed, but not sent")
    headrace.kill("web")
    expect(page.get_by_text("Server unreachable")).to_be_visible()
    expect(page.get_by_role("button", name="Write it")).to_be_disabled()
    expect(page.get_by_text("Server unreachable")).to_be_hidden()
    expect(page.get_by_role("button", name="Write it")).to_be_enabled()
    assert page.get_by_label("Topic").input_value() == "Typed, but not sent"
    expect(page.get_by_text("It is published")).to_be_visible()
    shown = "".join(texts(page).all_text_contents())
    assert bare(shown) == bare("".join(section["result"]["text"] for section in sections_of(headrace, job_id)))
    complaints[:] = [said for said in complaints if not UNREACHABLE.search(said)]


def test_a_topic_is_needed_and_a_hostile_one_is_only_text(open_page: Open) -> None:
    page = open_page(GENERATE)
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_text("Write what the article is to be about.")).to_be_visible()
    expect(page.get_by_label("Topic")).to_be_focused()
    start(page, "<img src=x onerror=alert(1)> & 'mills'")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert page.locator("main img").count() == 0
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("It was cancelled")).to_be_visible()
