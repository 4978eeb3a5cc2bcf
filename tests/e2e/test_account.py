"""One's own account, in a browser: keys, the second factor, the password, sessions elsewhere, and the end."""

from __future__ import annotations

import re
import time
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
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail").fill("eve@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def section(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def status_of(address: str, key: str) -> int:
    request = urllib.request.Request(f"{address}/api/v1/jobs", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def make_key(page: Page) -> str:
    keys = section(page, "API keys")
    keys.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("jobs:read").check()
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.get_by_text("Give it a name")).to_be_visible()
    dialog.get_by_label("Name").fill("ci")
    dialog.get_by_role("button", name="Make the key").click()
    shown = keys.get_by_role("group", name="The new key")
    expect(shown).to_have_text(re.compile("^hr_"))
    return shown.inner_text()


def check_keys(page: Page, address: str) -> None:
    key = make_key(page)
    assert status_of(address, key) == 200
    section(page, "API keys").get_by_role("button", name="Withdraw ci").click()
    page.get_by_role("button", name="Withdraw the key").click()
    expect(section(page, "API keys").get_by_text("You have no keys")).to_be_visible()
    assert status_of(address, key) == 401


def change_password(page: Page) -> None:
    password = section(page, "Password")
    password.get_by_label("Present password").fill("not this one")
    password.get_by_label("New password").fill(NEW)
    password.get_by_role("button", name="Change the password").click()
    expect(password.get_by_text("That is not your password")).to_be_visible()
    password.get_by_label("Present password").fill(OLD)
    password.get_by_role("button", name="Change the password").click()
    expect(password.get_by_label("New password")).to_have_value("")


def change_name(page: Page) -> None:
    name = section(page, "Name")
    name.get_by_label("Your name").fill("Eve of the mill")
    name.get_by_role("button", name="Change the name").click()
    expect(page.get_by_text("Eve of the mill · eve@example.com · member")).to_be_visible()
    expect(name.get_by_label("Your name")).to_have_value("Eve of the mill")


def turn_on_second_factor(page: Page) -> tuple[str, list[str]]:
    factor = section(page, "Second factor")
    factor.get_by_label("Password").fill(NEW)
    factor.get_by_role("button", name="Set up an authenticator app").click()
    expect(factor.get_by_alt_text("QR code of the seed")).to_be_visible()
    seed = factor.get_by_role("group", name="Seed").inner_text()
    factor.get_by_label("Code", exact=True).fill(pyotp.TOTP(seed).now())
    factor.get_by_role("button", name="Turn it on").click()
    expect(factor.get_by_text("10 recovery codes are left")).to_be_visible()
    return seed, factor.get_by_role("group", name="Recovery codes").inner_text().split()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/login")


def test_a_person_keeps_their_account_in_a_browser(page: Page, headrace: Headrace) -> None:
    expect(page.get_by_text("eve@example.com · member")).to_be_visible()
    expect(section(page, "Sessions").get_by_role("listitem")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_keys(page, headrace.address)
    change_name(page)
    change_password(page)
    seed, codes = turn_on_second_factor(page)
    assert len(codes) == 10

    sign_out(page)
    sign_in(page, NEW)
    page.get_by_label("Code of your authenticator app").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("The code is wrong")
    # the code that turned it on is used; the next one counts already, since clocks differ
    page.get_by_label("Code of your authenticator app").fill(next_code(seed))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Jobs"))
    sign_out(page)
    sign_in(page, NEW)
    page.get_by_role("button", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Jobs"))

    delete_account(page, headrace)
    sign_in(page, NEW)
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("don't belong together")


def next_code(seed: str) -> str:
    return pyotp.TOTP(seed).at(int(time.time()), counter_offset=1)


def delete_account(page: Page, headrace: Headrace) -> None:
    page.goto(f"{headrace.address}/account")
    end = section(page, "Delete the account")
    end.get_by_label("Password").fill(NEW)
    end.get_by_role("button", name="Delete my account").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete my account").click()
    page.wait_for_url("**/login")


def test_a_session_that_is_ended_elsewhere_signs_its_page_out(browser: Browser, headrace: Headrace) -> None:
    user = {"email": "joan@example.com", "role": "member", "password": OLD}
    headrace.post("/api/v1/admin/users", user)
    here, there = (browser.new_context() for _ in range(2))
    for context in (here, there):
        body = {"email": "joan@example.com", "password": OLD}
        assert context.request.post(f"{headrace.address}/api/v1/auth/login", data=body).ok
    ended = there.new_page()
    ended.goto(f"{headrace.address}/jobs")
    expect(ended.get_by_role("heading", name="Jobs")).to_be_visible()
    page = here.new_page()
    page.goto(f"{headrace.address}/account")
    expect(section(page, "Sessions").get_by_role("listitem")).to_have_count(2)
    section(page, "Sessions").get_by_role("button", name="End all others").click()
    expect(section(page, "Sessions").get_by_role("listitem")).to_have_count(1)
    ended.get_by_role("link", name="Errors").click()  # the next thing that it asks
    ended.wait_for_url("**/login?next=*")
    here.close()
    there.close()
