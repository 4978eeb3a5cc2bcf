"""Coming in, in a browser: set-up by the code of the terminal, sign-in, invitations, and links for a new password."""

from __future__ import annotations

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.axe import breaches
from tests.e2e.conftest import PASSWORD, Headrace, running

pytestmark = pytest.mark.e2e


@contextmanager
def fresh_page(browser: Browser):
    """A page of a browser that nobody has signed in with; what breaks on it fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_first_administrator_is_set_up_and_signs_in_again(browser: Browser, tmp_path) -> None:
    (tmp_path / "own_app.py").write_text("from headrace import App\n\napp = App('own')\n")
    with running(tmp_path, "own_app.py", is_set_up=False) as started:
        with fresh_page(browser) as page:
            page.goto(f"{started.address}/jobs?state=failed")
            page.wait_for_url("**/setup")  # nobody has an account yet
            set_up(page, started)
            expect(page.get_by_role("heading", name="Overview")).to_be_visible()

        with fresh_page(browser) as page:  # another browser: what the first page still asks can't lead this one astray
            page.goto(f"{started.address}/jobs?state=failed")
            page.wait_for_url("**/login?next=*")
            sign_in(page, "ada@example.com", "not this one")
            expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("don't belong together")
            sign_in(page, "ada@example.com", PASSWORD)
            page.wait_for_url(re.compile(r"/jobs\?state=failed"))
            page.goto(f"{started.address}/setup")
            page.wait_for_url(f"{started.address}/")  # set up and signed in: there is nothing to do


def set_up(page: Page, started: Headrace) -> None:
    page.get_by_label("Set-up code").fill("AAAAAA-AAAAAA-AAAAAA-AAAAAA")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("use 8 or more")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("The set-up code is wrong")).to_be_visible()
    page.get_by_label("Set-up code").fill(started.code)
    page.get_by_role("button", name="Make the account").click()


def test_nobody_is_led_to_another_site(browser: Browser, headrace: Headrace) -> None:
    with fresh_page(browser) as page:
        page.goto(f"{headrace.address}/login?next=//evil.example/")
        sign_in(page, "ada@example.com", PASSWORD)
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        assert urlsplit(page.url).netloc == urlsplit(headrace.address).netloc


def test_what_the_openid_provider_refused_is_told(browser: Browser, headrace: Headrace) -> None:
    with fresh_page(browser) as page:
        page.goto(f"{headrace.address}/login?problem=The+sign-in+was+given+up")
        expect(page.get_by_role("main").get_by_role("alert")).to_have_text("The sign-in was given up")


def test_an_invitation_makes_an_account_once(browser: Browser, headrace: Headrace) -> None:
    body = {"email": "grace@example.com", "role": "viewer"}
    link = headrace.post("/api/v1/admin/invitations", body)["url"]
    with fresh_page(browser) as page:
        page.goto(link)
        expect(page.get_by_text("You are invited as viewer")).to_be_visible()
        expect(page.get_by_label("E-mail")).to_have_value("grace@example.com")
        page.get_by_label("Name").fill("Grace")
        page.get_by_label("Password").fill("nine red kites over the weir")
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Make an account")
        page.goto(f"{headrace.address}/admin/users")  # by its address: the menu does not offer it
        expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()
    with fresh_page(browser) as page:
        page.goto(link)
        expect(page.get_by_role("main").get_by_role("alert")).to_be_visible()
        expect(page.get_by_role("button", name="Make the account")).to_have_count(0)


def test_a_link_sets_a_new_password(browser: Browser, headrace: Headrace) -> None:
    user = headrace.post("/api/v1/admin/users", {"email": "alan@example.com", "role": "operator"})
    link = headrace.post(f"/api/v1/admin/users/{user['id']}/reset-link", {})["url"]
    with fresh_page(browser) as page:
        page.goto(link)
        expect(page.get_by_text("For alan@example.com")).to_be_visible()
        page.get_by_label("New password").fill("alan")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_text("use 8 or more")).to_be_visible()
        page.get_by_label("New password").fill("ten black coots in the reeds")
        page.get_by_role("button", name="Set the password").click()
        page.wait_for_url("**/login")
        sign_in(page, "alan@example.com", "ten black coots in the reeds")
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_before_the_sign_in_keep_the_rules_of_access(browser: Browser, headrace: Headrace, scheme) -> None:
    link = headrace.post("/api/v1/admin/invitations", {"role": "member"})["url"]
    with fresh_page(browser) as page:
        page.emulate_media(color_scheme=scheme)
        for address in (f"{headrace.address}/login", f"{headrace.address}/reset", link):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_label("Loading")).to_have_count(0)
            assert breaches(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
