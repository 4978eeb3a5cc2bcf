"""Every screen with a week of work in it: nothing breaks, nobody is kept out, nothing runs over the edge."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.axe import breaches
from tests.e2e.conftest import Headrace, running

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]
SCREENS = [
    "/",
    "/jobs",
    "/jobs?state=failed",
    "/tasks",
    "/tasks/articles.write_article",
    "/approvals",
    "/errors",
    "/bulk-actions",
    "/queues",
    "/schedules",
    "/workers",
    "/apps/articles",
    "/ai/spend",
    "/ai/calls",
    "/ai/budgets",
    "/ai/models",
    "/ai/providers",
    "/ai/limits",
    "/admin/users",
    "/admin/roles",
    "/admin/keys",
    "/admin/audit",
    "/admin/retention",
    "/admin/system",
    "/account",
]
# What a button is called that changes something.
CHANGES = re.compile(
    "^(Add|Answer|Approve|Cancel|Change|Delete|Enrich|Fetch|Generate|Lift|Make|Pause|Plan|Publish|Reject|Replay|Retry|Run|Set|Write)\\b"
)
JOBS = ["completed", "failed", "cancelled", "running", "waiting", "queued"]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` with the demonstration's week."""
    folder = tmp_path_factory.mktemp("week")
    with running(folder) as started:
        environment = {**os.environ, "HEADRACE_PORT": started.address.rpartition(":")[2]}
        environment["HEADRACE_DATA_DIR"] = str(folder / "data")
        command = [sys.executable, "-m", "headrace", "demo", "--jobs", "600"]
        subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, timeout=240)
        yield started


@pytest.fixture
def visit(open_page: Open, week: Headrace) -> Callable[..., Page]:
    """Open a screen and wait until it stands."""

    def open_one(path: str, **options: object) -> Page:
        page = open_page(path, at=week, **options)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        return page

    return open_one


def fits(page: Page, width: int) -> None:
    """Wait until nothing of the page runs over the edge of a window of that width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width, timeout=20_000)


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_stands_without_complaint(visit: Callable[..., Page], path: str) -> None:
    page = visit(path)
    assert page.locator("main").count() == 1
    assert page.locator("main h1").count() == 1
    assert breaches(page) == []
    fits(page, 390)
    fits(page, 2560)
    assert breaches(visit(path, color_scheme="dark")) == []


def settle(page: Page) -> None:
    """Wait until the screen stands; it has no error, and is none that its reader may not see."""
    expect(page.locator("main h1")).to_be_visible()
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    expect(page.locator("main").get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("Not allowed|Not found"))).to_have_count(0)


def shape_of(href: str) -> str:
    """The kind of page that a link leads to."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "*", href.partition("?")[0])


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_a_role_is_offered_only_what_is_open_to_it(visit: Callable[..., Page], week: Headrace, role: str) -> None:
    page = visit("/", cookies=week.cookies_of(role))
    if role == "member":
        body = {"input": {"topic": "Water mills", "review": True}}
        headers = {"Origin": week.address}
        assert page.request.post(
            f"{week.address}/api/v1/tasks/articles.write_article/jobs", data=body, headers=headers
        ).ok
    main, menu = page.locator("main"), page.get_by_role("navigation", name="Main").get_by_role("link")
    open_: dict[str, str] = {}
    for entry in menu.all()[1:]:
        before = main.locator("h1").inner_text()
        entry.click()
        expect(main.locator("h1")).not_to_have_text(before)
        settle(page)
        hrefs = main.get_by_role("link").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
        open_ |= {shape_of(href): href for href in hrefs if href.startswith("/")}
        if role == "viewer":
            expect(main.get_by_role("button", name=CHANGES)).to_have_count(0)
            expect(main.get_by_role("link", name=CHANGES)).to_have_count(0)
            expect(main.get_by_role("checkbox")).to_have_count(0)
    seen = {urlsplit(entry.get_attribute("href") or "").path for entry in menu.all()}
    for shape, href in open_.items():
        if shape not in seen:
            page.goto(week.address + href)
            settle(page)


@pytest.mark.parametrize("state", JOBS)
def test_a_job_of_every_state_stands_without_complaint(visit: Callable[..., Page], week: Headrace, state: str) -> None:
    [job, *_] = week.get(f"/api/v1/jobs?state={state}&limit=1")["items"]
    page = visit(f"/jobs/{job['id']}")
    expect(page.get_by_text(state, exact=True).first).to_be_visible()
    assert breaches(page) == []
    fits(page, 390)
    assert breaches(visit(f"/jobs/{job['id']}", color_scheme="dark")) == []


def test_a_call_shows_what_was_said_in_it(visit: Callable[..., Page], week: Headrace) -> None:
    calls = week.get("/api/v1/ai/calls?limit=200")["items"]
    call = next(call for call in calls if (call["step"], call["state"]) == ("describe", "ok"))
    path = f"/jobs/{call['job_id']}?at=ai:{call['id']}"
    page = visit(path)
    sent, came = page.get_by_role("region", name="Sent"), page.get_by_role("region", name="Came back")
    expect(sent.get_by_role("article", name="User")).to_contain_text("Describe this article")
    expect(came.get_by_role("article", name="Model")).to_contain_text('"summary"')
    sent.get_by_role("button", name="Show all").click()
    expect(sent.get_by_role("button", name="Fold")).to_be_visible()
    assert breaches(page) == []
    fits(page, 390)
    assert breaches(visit(path, color_scheme="dark")) == []
