"""Coming in, in a browser: set-up by the code of the terminal, signing out's end, sign-in, and back to where one was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import PASSWORD, running

pytestmark = pytest.mark.e2e


def test_the_first_administrator_is_set_up_and_signs_in_again(browser: Browser, tmp_path) -> None:
    (tmp_path / "own_app.py").write_text("from headrace import App\n\napp = App('own')\n")
    with running(tmp_path, "own_app.py", is_set_up=False) as started:
        context = browser.new_context()
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{started.address}/?job=01890000-0000-7000-8000-000000000000")
        page.wait_for_url("**/setup")  # nobody has an account yet
        page.get_by_label("Set-up code").fill(started.code)
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("alert")).to_contain_text("8")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("heading", name="Jobs")).to_be_visible()

        context.close()
        context = browser.new_context()  # another browser: what the first page still asks can't lead this one astray
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{started.address}/?job=01890000-0000-7000-8000-000000000000")
        page.wait_for_url("**/login?next=*")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Password").fill("not this one")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("don't belong together")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/\?job="))
        assert complaints == []
        context.close()
