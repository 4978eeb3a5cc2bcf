"""The list of jobs at five million: how soon it stands, how it scrolls, and ten thousand retried from it.

`make e2e-large`; E2E_JOBS names another number.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Headrace, running

pytestmark = pytest.mark.large

JOBS = int(os.environ.get("E2E_JOBS", "5000000"))
FAILED = 10_000
ROUNDS = 20
# what the demo makes is older than is kept
KEEP_ALL = {f"HEADRACE_KEEP_{state}_DAYS": "0" for state in ("COMPLETED", "FAILED", "CANCELLED")}
PROGRAM = """
from headrace import App, Job, Retry

app = App("own")

@app.task(retry=Retry(attempts=1))
async def stumble(job: Job) -> None:
    raise ValueError("not mended")
"""
PAINTED = """() => new Promise((resolve) => {
    const look = () => {
        const row = document.querySelector('main [aria-rowindex="2"]');
        if (row) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        else requestAnimationFrame(look);
    };
    look();
})"""
SCROLL = """() => new Promise((resolve) => {
    let element = document.querySelector('main [aria-rowindex="2"]');
    while (element.parentElement && element.scrollHeight <= element.clientHeight + 1) element = element.parentElement;
    const gaps = [];
    let last = performance.now(), turns = 0;
    const turn = (now) => {
        gaps.push(now - last);
        last = now;
        element.scrollTop += 400;
        turns += 1;
        if (turns < 180) requestAnimationFrame(turn); else resolve(gaps.sort((one, other) => one - other));
    };
    requestAnimationFrame(turn);
})"""


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` on a database of millions of finished jobs, ten thousand failed ones last."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "own_app.py").write_text(PROGRAM)
    with running(folder, "own_app.py", settings=KEEP_ALL) as started:
        environment = {**os.environ, "HEADRACE_PORT": started.address.rpartition(":")[2]}
        environment["HEADRACE_DATA_DIR"] = str(folder / "data")
        command = [sys.executable, "-m", "headrace", "demo", "--bare", "--yes", "--jobs", str(JOBS)]
        subprocess.run(command, env=environment, cwd=folder, check=True, timeout=3_000)
        for _ in range(FAILED // 1_000):
            started.post("/api/v1/jobs/batch", {"jobs": [{"task": "own.stumble"}] * 1_000})
        _wait_until_failed(started)
        yield started


@pytest.fixture
def page(browser: Browser, million: Headrace) -> Iterator[Page]:
    """A signed-in page."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    cookies = [{"name": name, "value": value, "url": million.address} for name, value in million.cookies.items()]
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


def test_the_first_page_stands_soon_and_scrolls_smoothly(page: Page, million: Headrace) -> None:
    page.goto(f"{million.address}/jobs")
    page.evaluate(PAINTED)
    painted = []
    for _ in range(ROUNDS):
        page.goto(f"{million.address}/jobs")
        painted.append(page.evaluate(PAINTED))
    found = statistics.median(painted)
    sys.stdout.write(f"\nJobs painted after {found:.0f} ms of navigation (median of {ROUNDS}) at {JOBS:,} jobs\n")
    assert found <= 300
    gaps = page.evaluate(SCROLL)
    late = gaps[int(len(gaps) * 0.95)]
    sys.stdout.write(f"Frames while scrolling: 95 % within {late:.0f} ms\n")
    assert late <= 50


def test_ten_thousand_failed_jobs_are_retried_from_the_list(page: Page, million: Headrace) -> None:
    page.goto(f"{million.address}/jobs?state=failed&task=own.stumble")
    expect(page.get_by_text("own.stumble").first).to_be_visible()
    page.get_by_role("checkbox", name="Select all rows").check()
    page.get_by_role("button", name="Select all that match").click()
    page.get_by_role("toolbar", name="Selected jobs").get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    page.wait_for_url("**/bulk-actions/*")
    begun = time.monotonic()
    expect(page.get_by_text("completed", exact=True)).to_be_visible()
    took = time.monotonic() - begun
    expect(page.get_by_text(f"{FAILED:,} done")).to_be_visible()
    sys.stdout.write(f"{FAILED:,} failed jobs retried in {took:.1f} s\n")
    assert took <= 20


def _wait_until_failed(started: Headrace) -> None:
    deadline = time.monotonic() + 300
    while started.get("/api/v1/jobs/counts?task=own.stumble")["states"]["failed"]["count"] < FAILED:
        assert time.monotonic() < deadline
        time.sleep(1)
