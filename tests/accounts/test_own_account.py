"""One's own account over HTTP: password, address, second factor, its end; and the links of administrators."""

from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from tests.accounts.conftest import PASSWORD

from headrace.accounts.permission import Role

pytestmark = pytest.mark.anyio
OTHER = "nine red kites over the weir"
AUTH = "/api/v1/auth"
ADMIN = "/api/v1/admin"


@pytest.fixture
async def ada(sign_in):
    return await sign_in()


@pytest.fixture
async def root(sign_in):
    return await sign_in("root@example.com", Role.ADMIN)


@pytest.fixture
def log_in(open_browser):
    """The answer to a sign-in from a new browser, and the browser."""

    async def attempt(password=PASSWORD, email="ada@example.com", **more):
        browser = await open_browser()
        answer = await browser.post(f"{AUTH}/login", json={"email": email, "password": password, **more})
        return answer, browser

    return attempt


async def is_signed_in(browser):
    return (await browser.get(f"{AUTH}/me")).status_code == 200


async def test_a_changed_password_ends_the_other_sessions(ada, log_in):
    _, elsewhere = await log_in()
    body = {"current_password": PASSWORD, "password": OTHER}
    assert (await ada.put(f"{AUTH}/password", json=body)).status_code == 204
    assert await is_signed_in(ada)
    assert not await is_signed_in(elsewhere)
    assert (await log_in())[0].status_code == 401
    assert (await log_in(OTHER))[0].status_code == 200


async def test_a_change_takes_the_present_password(ada, log_in, rows):
    asked = {
        ("PUT", "/password"): {"password": OTHER},
        ("PUT", "/email"): {"email": "eve@example.com"},
        ("POST", "/deletion"): {},
        ("POST", "/second-factor"): {},
        ("POST", "/second-factor/recovery-codes"): {},
        ("PUT", "/second-factor/removal"): {},
    }
    for (method, path), body in asked.items():
        answer = await ada.request(method, AUTH + path, json=body | {"current_password": "another"})
        assert (answer.status_code, answer.json()["code"]) == (403, "password_wrong"), path
        await rows("DELETE FROM headrace.sign_in_attempts")  # or the next would have to wait
    assert (await log_in())[0].status_code == 200


async def test_a_weak_password_is_refused(ada):
    answer = await ada.put(f"{AUTH}/password", json={"current_password": PASSWORD, "password": "password1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "password_weak")


async def test_who_has_no_password_does_as_well_minutes_after_signing_in(ada, rows, clock, log_in):
    await rows("UPDATE headrace.users SET password_hash = NULL")
    assert (await ada.put(f"{AUTH}/password", json={"password": OTHER})).status_code == 204
    assert (await log_in(OTHER))[0].status_code == 200
    await rows("UPDATE headrace.users SET password_hash = NULL")
    clock.advance(timedelta(minutes=10))
    answer = await ada.put(f"{AUTH}/password", json={"password": OTHER})
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")


async def test_the_address_is_changed_and_is_nobody_elses(ada, root, log_in):
    body = {"current_password": PASSWORD, "email": "Ada@New.example"}
    answer = await ada.put(f"{AUTH}/email", json=body)
    assert (answer.status_code, answer.json()["email"]) == (200, "Ada@New.example")
    assert (await log_in(email="ada@new.example"))[0].status_code == 200
    taken = await ada.put(f"{AUTH}/email", json=body | {"email": "ROOT@example.com"})
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    wrong = await ada.put(f"{AUTH}/email", json=body | {"email": "no address"})
    assert wrong.status_code == 422


async def test_a_name_is_changed_by_its_owner_and_the_audit_log_tells(ada, rows):
    answer = await ada.patch(f"{AUTH}/me", json={"name": "Ada of the mill"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada of the mill")
    assert (await ada.get(f"{AUTH}/me")).json()["name"] == "Ada of the mill"
    [(details,)] = await rows("SELECT details FROM headrace.audit_log WHERE action = 'name.changed'")
    assert details["after"] == "Ada of the mill"
    for wrong in ({}, {"name": None}, {"name": "x" * 201}, {"name": "a\nb"}, {"name": "Ada", "role": "admin"}):
        assert (await ada.patch(f"{AUTH}/me", json=wrong)).status_code == 422, wrong
    assert (await ada.patch(f"{AUTH}/me", json={"name": ""})).json()["name"] == ""


async def test_an_account_is_ended_by_its_owner_but_not_the_last_administrators(ada, root, log_in):
    answer = await ada.post(f"{AUTH}/deletion", json={"current_password": PASSWORD})
    assert answer.status_code == 204
    assert not await is_signed_in(ada)
    assert (await log_in())[0].status_code == 401
    last = await root.post(f"{AUTH}/deletion", json={"current_password": PASSWORD})
    assert (last.status_code, last.json()["code"]) == (409, "last_admin")


async def turn_on(browser, clock):
    enrolment = (await browser.post(f"{AUTH}/second-factor", json={"current_password": PASSWORD})).json()
    answer = await browser.put(f"{AUTH}/second-factor/confirmation", json={"code": code_of(enrolment["seed"], clock)})
    assert answer.status_code == 200, answer.text
    clock.advance(timedelta(minutes=2))
    return enrolment["seed"], answer.json()["recovery_codes"]


def code_of(seed, clock):
    return pyotp.TOTP(seed).at(clock.now)


async def test_a_second_factor_is_asked_for_once_it_was_confirmed(ada, log_in, clock):
    seed, codes = await turn_on(ada, clock)
    assert len(codes) == 10
    without, _ = await log_in()
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_needed")
    code = code_of(seed, clock)
    answer, browser = await log_in(code=code)
    assert answer.status_code == 200
    assert await is_signed_in(browser)
    assert (await log_in(code=code))[0].status_code == 401, "a code counts once"
    assert (await log_in(code=codes[0]))[0].status_code == 200
    assert (await ada.get(f"{AUTH}/second-factor")).json()["recovery_codes"] == 9
    program = await browser.post(f"{AUTH}/tokens", json={"email": "ada@example.com", "password": PASSWORD})
    assert program.json()["code"] == "second_factor_needed"


async def test_a_second_factor_is_renewed_and_removed_by_its_owner(ada, log_in, clock):
    _, codes = await turn_on(ada, clock)
    present = {"current_password": PASSWORD}
    fresh = (await ada.post(f"{AUTH}/second-factor/recovery-codes", json=present)).json()["recovery_codes"]
    assert not set(fresh) & set(codes)
    assert (await log_in(code=codes[0]))[0].status_code == 401
    assert (await ada.put(f"{AUTH}/second-factor/removal", json=present)).status_code == 204
    assert (await log_in())[0].status_code == 200
    assert (await ada.post(f"{AUTH}/second-factor/recovery-codes", json=present)).status_code == 404


async def test_an_administrator_removes_the_second_factor_of_who_lost_it(ada, root, log_in, clock):
    await turn_on(ada, clock)
    path = f"{ADMIN}/users/{ada.user.user_id}/second-factor"
    assert (await ada.delete(path)).status_code == 403
    assert (await root.delete(path)).status_code == 204
    assert (await root.delete(path)).status_code == 404
    assert (await log_in())[0].status_code == 200


async def test_a_reset_link_sets_a_password_once_and_ends_all_sessions(ada, root, open_browser, log_in, rows):
    made = (await root.post(f"{ADMIN}/users/{ada.user.user_id}/reset-link", json=None)).json()
    parts = urlsplit(made["url"])
    assert (parts.path, parts.query, parts.fragment) == ("/reset", "", made["token"])
    visitor = await open_browser()
    shown = await visitor.post(f"{AUTH}/links", json={"kind": "reset", "token": made["token"]})
    assert shown.json()["email"] == "ada@example.com"
    weak = await visitor.post(f"{AUTH}/reset", json={"token": made["token"], "password": "ada@example.com"})
    assert weak.json()["code"] == "password_weak"
    body = {"token": made["token"], "password": OTHER}
    assert (await visitor.post(f"{AUTH}/reset", json=body)).status_code == 204
    assert not await is_signed_in(ada)
    assert (await log_in(OTHER))[0].status_code == 200
    assert (await visitor.post(f"{AUTH}/reset", json=body)).status_code == 404
    assert made["token"] not in str(await rows("SELECT l::text FROM headrace.audit_log AS l"))


async def test_an_invitation_makes_an_account_of_its_role_for_its_address_alone(root, open_browser):
    made = (await root.post(f"{ADMIN}/invitations", json={"role": "operator", "email": "bob@example.com"})).json()
    assert urlsplit(made["url"]).path == "/register"
    visitor = await open_browser()
    body = {"email": "eve@example.com", "password": OTHER, "invitation": made["token"]}
    assert (await visitor.post(f"{AUTH}/register", json=body)).status_code == 422
    answer = await visitor.post(f"{AUTH}/register", json=body | {"email": "Bob@example.com"})
    assert (answer.status_code, answer.json()["user"]["role"]) == (201, "operator")
    again = await visitor.post(f"{AUTH}/register", json=body | {"email": "bob2@example.com"})
    assert again.status_code == 404


async def test_links_are_listed_and_withdrawn_by_administrators(ada, root, open_browser):
    made = (await root.post(f"{ADMIN}/invitations", json={})).json()
    listed = (await root.get(f"{ADMIN}/links")).json()
    assert [found["id"] for found in listed] == [made["id"]]
    assert made["token"] not in str(listed)
    assert (await root.delete(f"{ADMIN}/links/{made['id']}")).status_code == 204
    shown = await (await open_browser()).post(f"{AUTH}/links", json={"kind": "invitation", "token": made["token"]})
    assert shown.status_code == 404
    for method, path in (("GET", "/links"), ("POST", "/invitations"), ("DELETE", f"/links/{made['id']}")):
        assert (await ada.request(method, ADMIN + path, json={})).status_code == 403
