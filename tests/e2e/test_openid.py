"""Sign-in at a real OpenID provider in a browser: there, back, out again; and connecting an account that has a password."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.accounts.openid_provider import SECRET, openid_provider
from tests.e2e.conftest import Headrace, running
from tests.ports import free_port

from headrace.accounts.api.openid import CALLBACK

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headrace]:
    """`headrace up` that knows the provider, and the provider that knows its address."""
    port = str(free_port())
    with openid_provider(f"http://127.0.0.1:{port}{CALLBACK}") as issuer:
        settings = {
            "HEADRACE_PORT": port,
            "HEADRACE_OIDC_ISSUER": issuer,
            "HEADRACE_OIDC_CLIENT_ID": "headrace",
            "HEADRACE_OIDC_CLIENT_SECRET": SECRET,
            "HEADRACE_OIDC_NAME": "the guild",
            "HEADRACE_OIDC_NEWCOMERS": "member",
        }
        with running(tmp_path_factory.mktemp("up"), settings=settings) as started:
            yield started


def shut_out_other_hosts(page: Page) -> None:
    """The provider's pages want a font from elsewhere."""
    page.route(re.compile("^https:"), lambda route: route.fulfill(status=204))


def sign_in_there(page: Page, name: str) -> None:
    """Go through the pages of the provider: who one is, and that one agrees."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/login")


def test_a_newcomer_signs_in_at_the_provider_and_out_again(open_page: Open, here: Headrace) -> None:
    page = open_page("/account", at=here, cookies={})
    shut_out_other_hosts(page)
    page.wait_for_url("**/login?next=*")
    page.get_by_role("link", name="Sign in with the guild").click()
    sign_in_there(page, "eve")
    page.wait_for_url(f"{here.address}/account")
    expect(page.get_by_text("Name of eve · eve@example.com · member")).to_be_visible()
    expect(page.get_by_text("connected", exact=True)).to_be_visible()
    sign_out(page)


def test_an_account_with_a_password_is_connected_by_its_owner(open_page: Open, here: Headrace) -> None:
    page = open_page("/account", at=here)
    shut_out_other_hosts(page)
    section = page.get_by_role("region", name="Sign in with the guild")
    section.get_by_role("link", name="Connect").click()
    sign_in_there(page, "ada")
    expect(section.get_by_text("connected", exact=True)).to_be_visible()
    sign_out(page)
    page.get_by_role("link", name="Sign in with the guild").click()  # there, ada is still signed in
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
