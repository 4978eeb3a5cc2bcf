"""The API's reference in a real browser: it works offline, and its policy is never broken."""

import shutil

import pytest

from headrace.testing.signing_in import header
from headrace.web import pages

pytestmark = [pytest.mark.anyio, pytest.mark.e2e]


async def test_reference_shows_the_operations_and_tries_one_under_the_strict_policy(runtime, server):
    from playwright.async_api import async_playwright

    chromium = shutil.which("chromium")
    assert chromium, "install Debian's chromium"
    assert pages.BUILT.joinpath("docs.html").is_file(), "run `make install`"
    complaints: list[str] = []
    foreign: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(extra_http_headers=dict([header(runtime).split(": ")]))
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((server, "data:")) else foreign.append(request.url),
        )
        await page.goto(f"{server}/docs#/tasks/submit_demo_rest")
        await page.get_by_role("button", name="Execute").click()
        await page.wait_for_selector(".live-responses-table .response-col_status")
        status = await page.locator(".live-responses-table tbody .response-col_status").first.inner_text()
        await browser.close()
    assert status.strip().startswith("202")
    assert complaints == []
    assert foreign == []
