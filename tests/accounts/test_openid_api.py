"""Sign-in at a real OpenID provider over HTTP: who gets in as whom, and how accounts are connected."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from tests.accounts.conftest import PASSWORD
from tests.accounts.openid_provider import CALLBACK, SECRET, openid_provider, sign_in

from headrace.accounts.permission import Role
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio
AUTH = "/api/v1/auth"


@pytest.fixture(scope="module")
def issuer():
    with openid_provider() as running:
        yield running


@pytest.fixture
def newcomers():
    return "member"


@pytest.fixture
def settings(settings, issuer, newcomers):
    changed = {
        "oidc_issuer": issuer,
        "oidc_client_id": "headrace",
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_newcomers": newcomers,
    }
    return settings.model_copy(update=changed)


async def come_back(browser, name="ada", **query):
    """Sign in at the provider; returns where the callback leads."""
    begun = await browser.get(f"{AUTH}/oidc", params=query)
    assert begun.status_code == 303, begun.text
    answer = await browser.get(CALLBACK, params=await sign_in(begun.headers["location"], name))
    assert answer.status_code == 303
    return answer.headers["location"]


def problem_of(goal):
    parts = urlsplit(goal)
    assert parts.path == "/login"
    return parse_qs(parts.query)["problem"][0]


async def me(browser):
    answer = await browser.get(f"{AUTH}/me")
    return answer.json() if answer.status_code == 200 else None


async def test_a_newcomer_gets_an_account_and_the_same_one_again(open_browser, rows):
    first, second = await open_browser(), await open_browser()
    assert await come_back(first, next="/jobs/1?x=1") == "/jobs/1?x=1"
    who = await me(first)
    assert (who["email"], who["name"], who["role"]) == ("ada@example.com", "Name of ada", "member")
    await come_back(second)
    assert (await me(second))["id"] == who["id"]
    assert [cookie.name for cookie in second.cookies.jar] == ["headrace"]
    done = [action for (action,) in await rows("SELECT action FROM headrace.audit_log ORDER BY id")]
    assert done == ["user.made", "session.begun", "session.begun"]


async def test_over_https_no_other_host_can_plant_the_sign_in_that_was_begun(runtime):
    transport = ASGITransport(create_app(runtime))
    async with AsyncClient(transport=transport, base_url="https://127.0.0.1") as browser:
        begun = await browser.get(f"{AUTH}/oidc")
        kept = begun.headers["set-cookie"]
        assert re.match(r"__Host-headrace-oidc=\S+; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure$", kept)
        brought, callback = await sign_in(begun.headers["location"], "ada"), urlsplit(CALLBACK).path
        planted = {"Cookie": kept.removeprefix("__Host-").partition(";")[0]}
        async with AsyncClient(transport=transport, base_url="https://127.0.0.1") as other:
            refused = await other.get(callback, params=brought, headers=planted)
        assert "begun in another browser" in problem_of(refused.headers["location"])
        assert (await browser.get(callback, params=brought)).headers["location"] == "/"
        assert [cookie.name for cookie in browser.cookies.jar] == ["__Host-headrace"]


@pytest.mark.parametrize("newcomers", [None])
async def test_without_newcomers_only_who_has_an_account_gets_in(open_browser, make_user):
    browser = await open_browser()
    assert "no account for you" in problem_of(await come_back(browser))
    assert await me(browser) is None
    ada = await make_user("Ada@Example.com", Role.OPERATOR)
    await come_back(browser)
    assert (await me(browser))["id"] == str(ada.user_id)


async def test_an_address_that_is_not_verified_opens_no_account(open_browser, make_user):
    await make_user("unverified-eve@example.com")
    browser = await open_browser()
    assert "verified" in problem_of(await come_back(browser, "unverified-eve"))


async def test_an_account_with_a_password_is_connected_by_its_owner_alone(sign_in, open_browser):
    ada = await sign_in("ada@example.com")
    stranger = await open_browser()
    assert "has a password" in problem_of(await come_back(stranger))
    assert (await ada.get(f"{AUTH}/oidc/connection")).json() == {"provider": "single sign-on", "is_connected": False}
    assert await come_back(ada, next="/account", connect="true") == "/account"
    assert (await ada.get(f"{AUTH}/oidc/connection")).json()["is_connected"]
    await come_back(stranger)
    assert (await me(stranger))["id"] == str(ada.user.user_id)
    assert (await ada.delete(f"{AUTH}/oidc/connection")).status_code == 204
    assert "has a password" in problem_of(await come_back(await open_browser()))


async def test_an_address_that_another_person_of_the_provider_has_opens_nothing(open_browser, rows):
    eve = await open_browser()
    await come_back(eve, "eve")
    answer = await eve.put(f"{AUTH}/email", json={"email": "ada@example.com"})
    assert answer.status_code == 200
    ada = await open_browser()
    assert "Somebody else" in problem_of(await come_back(ada, "ada"))
    assert await me(ada) is None


async def test_one_person_of_the_provider_is_one_user_here(sign_in):
    ada, bob = await sign_in("ada@example.com"), await sign_in("bob@example.com")
    await come_back(ada, connect="true")
    assert "Somebody else" in problem_of(await come_back(bob, "ada", connect="true"))


async def test_whoever_has_no_password_can_not_disconnect(open_browser):
    browser = await open_browser()
    await come_back(browser)
    answer = await browser.delete(f"{AUTH}/oidc/connection")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await browser.put(f"{AUTH}/password", json={"password": PASSWORD})).status_code == 204
    assert (await browser.delete(f"{AUTH}/oidc/connection")).status_code == 204


async def test_a_disabled_user_does_not_get_in(open_browser, rows):
    browser = await open_browser()
    await come_back(browser)
    await rows("UPDATE headrace.users SET disabled_at = now()")
    again = await open_browser()
    assert "disabled" in problem_of(await come_back(again))
    assert await me(again) is None


async def test_an_answer_for_another_browser_is_refused(open_browser):
    victim, thief = await open_browser(), await open_browser()
    begun = await thief.get(f"{AUTH}/oidc")
    brought = await sign_in(begun.headers["location"], "thief")
    answer = await victim.get(CALLBACK, params=brought)
    assert "begin again" in problem_of(answer.headers["location"])
    await victim.get(f"{AUTH}/oidc")
    answer = await victim.get(CALLBACK, params=brought)
    assert "another browser" in problem_of(answer.headers["location"])
    assert await me(victim) is None


async def test_what_the_provider_refuses_is_told_by_the_login_page(open_browser):
    browser = await open_browser()
    await browser.get(f"{AUTH}/oidc")
    answer = await browser.get(CALLBACK, params={"error": "access_denied"})
    assert "given up" in problem_of(answer.headers["location"])


@pytest.mark.parametrize(
    "goal", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/a\nb"]
)
async def test_it_leads_back_to_pages_of_ours_alone(open_browser, goal):
    assert await come_back(await open_browser(), next=goal) == "/"


async def test_the_login_page_knows_of_it(open_browser):
    assert (await (await open_browser()).get(f"{AUTH}/options")).json()["openid"] == "single sign-on"
