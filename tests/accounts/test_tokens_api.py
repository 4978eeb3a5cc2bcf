"""Tokens and keys over HTTP: what they open, and what ends them."""

import asyncio
from datetime import timedelta

import pytest
from tests.accounts.conftest import PASSWORD

from headrace.accounts.permission import Role

pytestmark = pytest.mark.anyio
ADA = {"email": "ada@example.com", "password": PASSWORD}


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
async def ada(sign_in):
    return await sign_in()


@pytest.fixture
async def nobody(open_browser):
    return await open_browser()


@pytest.fixture
def me(nobody):
    """Who a bearer of a text is, or the status it gets."""

    async def ask(text):
        answer = await nobody.get("/api/v1/auth/me", headers=bearer(text))
        return answer.json()["email"] if answer.status_code == 200 else answer.status_code

    return ask


@pytest.fixture
def refresh(nobody):
    async def exchange(tokens):
        return await nobody.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})

    return exchange


async def test_a_program_signs_in_for_tokens(ada, nobody, me, clock):
    answer = await nobody.post("/api/v1/auth/tokens", json=ADA)
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    assert await me(tokens["access_token"]) == "ada@example.com"
    assert await me(tokens["refresh_token"]) == 401
    clock.advance(timedelta(minutes=11))
    assert await me(tokens["access_token"]) == 401


async def test_a_wrong_password_gets_none(ada, nobody):
    answer = await nobody.post("/api/v1/auth/tokens", json=ADA | {"password": "another"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")


async def test_two_tabs_refresh_at_once_and_both_live(ada, nobody, refresh, me):
    tokens = (await nobody.post("/api/v1/auth/tokens", json=ADA)).json()
    answers = await asyncio.gather(refresh(tokens), refresh(tokens))
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.json() for answer in answers)
    assert first["refresh_token"] == second["refresh_token"]
    assert [await me(found["access_token"]) for found in (first, second)] == ["ada@example.com"] * 2


async def test_a_stolen_refresh_token_ends_the_session_at_once_and_is_entered_in_the_audit_log(
    ada, nobody, refresh, me, clock, rows
):
    stolen = (await nobody.post("/api/v1/auth/tokens", json=ADA)).json()
    newest = (await refresh(stolen)).json()
    assert await me(newest["access_token"]) == "ada@example.com"
    clock.advance(timedelta(minutes=1))
    thief = await refresh(stolen)
    assert (thief.status_code, thief.json()["code"]) == (401, "unauthorized")
    assert await me(newest["access_token"]) == 401
    assert (await refresh(newest)).status_code == 401
    [(actor,)] = await rows("SELECT actor_id FROM headrace.audit_log WHERE action = 'session.stolen'")
    assert actor == ada.user.user_id
    assert (await ada.get("/api/v1/auth/me")).status_code == 200, "her browser is another session"


async def test_a_session_of_tokens_is_listed_and_ended_like_any(ada, nobody, me):
    tokens = (await nobody.post("/api/v1/auth/tokens", json=ADA)).json()
    listed = (await ada.get("/api/v1/auth/sessions")).json()
    [found] = [session for session in listed if session["kind"] == "token"]
    assert (await ada.delete(f"/api/v1/auth/sessions/{found['id']}")).status_code == 204
    assert await me(tokens["access_token"]) == 401


async def test_a_key_is_shown_once_and_acts_for_its_user(ada, me):
    answer = await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"]})
    assert answer.status_code == 201
    text = answer.json()["key"]
    assert await me(text) == "ada@example.com"
    listed = (await ada.get("/api/v1/auth/keys")).json()
    assert [(found["name"], found["last4"]) for found in listed] == [("ci", text[-4:])]
    assert text not in str(listed)
    assert (await ada.delete(f"/api/v1/auth/keys/{listed[0]['id']}")).status_code == 204
    assert await me(text) == 401


async def test_a_key_may_do_no_more_than_its_scopes(ada, nobody):
    text = (await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()["key"]
    assert (await nobody.get("/api/v1/jobs", headers=bearer(text))).status_code == 200
    refused = await nobody.post("/api/v1/bulk-actions", json={}, headers=bearer(text))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_key_makes_and_ends_no_keys_and_changes_no_account(ada, nobody):
    text = (await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()["key"]
    asked = {
        ("GET", "/keys"): None,
        ("POST", "/keys"): {"name": "more", "scopes": ["jobs:read"]},
        ("PUT", "/password"): {"password": "another good password"},
        ("PUT", "/email"): {"email": "eve@example.com"},
        ("POST", "/deletion"): {},
        ("POST", "/second-factor"): {},
        ("GET", "/sessions"): None,
    }
    for (method, path), body in asked.items():
        answer = await nobody.request(method, f"/api/v1/auth{path}", json=body, headers=bearer(text))
        assert answer.status_code == 403, path


async def test_another_users_key_is_not_there(ada, sign_in):
    bob = await sign_in("bob@example.com")
    made = (await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()
    assert (await bob.get("/api/v1/auth/keys")).json() == []
    assert (await bob.delete(f"/api/v1/auth/keys/{made['id']}")).status_code == 404
    assert (await bob.post(f"/api/v1/auth/keys/{made['id']}/rotation", json={})).status_code == 404


async def test_a_rotated_key_works_beside_its_old_text_for_the_grace(ada, me, clock):
    made = (await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"], "days": 30})).json()
    answer = await ada.post(f"/api/v1/auth/keys/{made['id']}/rotation", json={"grace_seconds": 3_600})
    newer = answer.json()
    assert answer.status_code == 200
    assert (newer["id"], newer["expires_at"]) == (made["id"], made["expires_at"])
    assert [await me(found["key"]) for found in (made, newer)] == ["ada@example.com"] * 2


async def test_an_administrator_sees_makes_and_ends_everybodys_keys(ada, sign_in, me):
    root = await sign_in("root@example.com", Role.ADMIN)
    path = f"/api/v1/admin/users/{ada.user.user_id}/keys"
    made = (await root.post(path, json={"name": "robot", "scopes": ["jobs:write"]})).json()
    assert await me(made["key"]) == "ada@example.com"
    assert [found["id"] for found in (await root.get("/api/v1/admin/keys")).json()] == [made["id"]]
    assert (await ada.get("/api/v1/admin/keys")).status_code == 403
    assert (await root.delete(f"/api/v1/admin/keys/{made['id']}")).status_code == 204
    assert await me(made["key"]) == 401


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["jobs:read"]},
        {"name": "x" * 101, "scopes": ["jobs:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["admin"]},
        {"name": "x", "scopes": ["jobs:read"], "days": 0},
        {"name": "x", "scopes": ["jobs:read"], "days": 10**9},
        {"name": "x", "scopes": ["jobs:read"], "user_id": "1"},
        {"name": "x\ny", "scopes": ["jobs:read"]},
    ],
)
async def test_a_key_that_can_not_be_is_refused(ada, body):
    answer = await ada.post("/api/v1/auth/keys", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_disabled_users_tokens_and_keys_end_at_once(ada, sign_in, nobody, me):
    root = await sign_in("root@example.com", Role.ADMIN)
    key = (await ada.post("/api/v1/auth/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()["key"]
    tokens = (await nobody.post("/api/v1/auth/tokens", json=ADA)).json()
    for text in (key, tokens["access_token"]):
        assert await me(text) == "ada@example.com"
    answer = await root.patch(f"/api/v1/admin/users/{ada.user.user_id}", json={"disabled": True})
    assert answer.status_code == 200
    for text in (key, tokens["access_token"]):
        assert await me(text) == 401
