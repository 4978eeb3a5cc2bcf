"""Administration in a browser: a user is made, changed, kept out, and the audit log tells of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Headrace

pytestmark = pytest.mark.e2e


def region(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def make_user(page: Page) -> None:
    page.get_by_role("button", name="Make a user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("mary@example.com")
    dialog.get_by_label("Password").fill("short")
    dialog.get_by_role("button", name="Make the user").click()
    expect(dialog.get_by_text("use 8 or more")).to_be_visible()
    dialog.get_by_label("Password").fill("nine red kites over the weir")
    dialog.get_by_role("button", name="Make the user").click()
    expect(page.get_by_role("heading", name="mary@example.com")).to_be_visible()


def test_a_user_is_made_changed_and_kept_out(open_page: Callable[..., Page], complaints: list[str]) -> None:
    page = open_page("/admin/users")
    make_user(page)
    form = region(page, "Name and role")
    form.get_by_label("Name").fill("Mary")
    form.get_by_label("Role").select_option("operator")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Mary", exact=True)).to_be_visible()
    expect(page.get_by_text("operator", exact=True).first).to_be_visible()
    region(page, "Sign-in").get_by_role("button", name="Make a link for a new password").click()
    link = region(page, "Sign-in").get_by_role("group", name="The link for a new password")
    expect(link).to_contain_text("/reset#")
    region(page, "Keep out").get_by_role("button", name="Disable").click()
    expect(region(page, "Keep out").get_by_text("This user is disabled")).to_be_visible()

    page.get_by_role("main").get_by_role("link", name="audit log").click()
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    page.get_by_role("combobox", name="What", exact=True).fill("user.changed")
    page.get_by_role("combobox", name="What", exact=True).press("Enter")
    page.wait_for_url("**action=user.changed*")
    complaints[:] = [text for text in complaints if "422" not in text]  # the password that was refused, as it should


def test_users_are_found_among_those_not_loaded_yet(open_page: Callable[..., Page], headrace: Headrace) -> None:
    for number in range(3):
        body = {"email": f"rower{number}@example.com", "name": f"Rower {number}"}
        headrace.post("/api/v1/admin/users", body)
    page = open_page("/admin/users")
    rows = page.get_by_role("row").filter(has_text="rower")
    page.get_by_role("textbox", name="Find a user").press_sequentially("ROWER 2")
    expect(rows).to_have_count(1)
    page.wait_for_url("**find=ROWER*2")
    page.reload()
    expect(page.get_by_role("textbox", name="Find a user")).to_have_value("ROWER 2")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Clear find a user").click()
    expect(rows).to_have_count(3)


def test_an_invitation_is_made_and_withdrawn(open_page: Callable[..., Page]) -> None:
    page = open_page("/admin/users")
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("dialog").get_by_label("E-mail").fill("ines@example.com")
    page.get_by_role("dialog").get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("group", name="The invitation")).to_contain_text("/register#")
    row = page.get_by_role("row").filter(has_text="ines@example.com")
    row.get_by_role("button", name="Withdraw").click()
    expect(row).to_have_count(0)


def test_the_settings_are_found_by_a_word(open_page: Callable[..., Page]) -> None:
    page = open_page("/admin/system?find=keep_audit")
    expect(page.get_by_text("HEADRACE_KEEP_AUDIT_DAYS")).to_be_visible()
    expect(page.get_by_text("HEADRACE_PORT")).to_have_count(0)
