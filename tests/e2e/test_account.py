"""One's own account, in a browser: keys, the second factor, the password, the way out, and the end."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Headrace

pytestmark = pytest.mark.e2e
OLD, NEW = "nine red kites over the weir", "ten black coots in the reeds"


@pytest.fixture
def page(browser: Browser, headrace: Headrace):
    """A page with an account of its own, signed in."""
    headrace.post("/api/v1/admin/users", {"email": "eve@example.com", "role": "member", "password": OLD})
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(f"{headrace.address}/login?next=/account")
    sign_in(opened, OLD)
    opened.wait_for_url("**/account")
    yield opened
    context.close()
    assert complaints == []


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill("eve@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def card(page: Page, title: str):
    return page.locator("section.card").filter(has=page.get_by_role("heading", name=title, exact=True))


def status_of(address: str, key: str) -> int:
    request = urllib.request.Request(f"{address}/api/v1/jobs", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def check_keys(page: Page, address: str) -> None:
    keys = card(page, "API keys")
    keys.get_by_role("button", name="Make a key").click()
    expect(keys.get_by_role("alert")).to_be_visible()
    keys.get_by_label("Name of a new key").fill("ci")
    keys.get_by_label("jobs:read").check()
    keys.get_by_role("button", name="Make a key").click()
    expect(keys.get_by_label("The new key")).to_have_text(re.compile("^hr_"))
    key = keys.get_by_label("The new key").inner_text()
    assert status_of(address, key) == 200
    keys.get_by_role("button", name="Withdraw ci").click()
    expect(keys.get_by_role("listitem")).to_have_count(0)
    assert status_of(address, key) == 401


def change_password(page: Page) -> None:
    password = card(page, "Password")
    password.get_by_label("Present password").fill("not this one")
    password.get_by_label("New password").fill(NEW)
    password.get_by_role("button").click()
    expect(password.get_by_role("alert")).to_have_text("That is not your password")
    password.get_by_label("Present password").fill(OLD)
    password.get_by_role("button").click()
    expect(password.get_by_text("Changed.")).to_be_visible()


def turn_on_second_factor(page: Page) -> list[str]:
    factor = card(page, "Second factor")
    factor.get_by_label("Password").fill(NEW)
    factor.get_by_role("button", name="Set up an authenticator app").click()
    expect(factor.get_by_alt_text("QR code of the seed")).to_be_visible()
    seed = factor.get_by_label("Seed").inner_text()
    factor.get_by_label("Code", exact=True).fill(pyotp.TOTP(seed).now())
    factor.get_by_role("button", name="Turn it on").click()
    expect(factor.get_by_text("10 recovery codes are left")).to_be_visible()
    return factor.get_by_label("Recovery codes").inner_text().split()


def test_a_person_keeps_their_account_in_a_browser(page: Page, headrace: Headrace) -> None:
    expect(page.get_by_text("eve@example.com · member")).to_be_visible()
    expect(card(page, "Sessions").get_by_role("listitem")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_keys(page, headrace.address)
    change_password(page)
    codes = turn_on_second_factor(page)
    assert len(codes) == 10

    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    sign_in(page, NEW)
    page.get_by_label(re.compile("recovery code")).fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    page.get_by_role("link", name="eve@example.com").click()

    end = card(page, "Delete the account")
    end.get_by_label("Password").fill(NEW)
    end.get_by_role("button").click()
    page.wait_for_url("**/login")
    sign_in(page, NEW)
    expect(page.get_by_role("alert")).to_contain_text("don't belong together")
