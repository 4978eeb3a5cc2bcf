"""Signing in over HTTP: the first run, login and logout, sessions and their ends, registering."""

from datetime import timedelta

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.accounts import setup
from headrace.accounts.password import hash_password
from headrace.accounts.permission import Role
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio

PASSWORD = "seven mill wheels turn"
ME = "/api/v1/auth/me"


@pytest.fixture
async def browser(runtime):
    """A client without credentials that keeps cookies; `browser()` makes another."""
    app = create_app(runtime)
    opened = []

    def make(**options):
        options.setdefault("base_url", "http://127.0.0.1:8000")
        opened.append(AsyncClient(transport=ASGITransport(app=app), **options))
        return opened[-1]

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
async def ada(make_user):
    return await make_user("Ada@example.com", Role.OPERATOR, password_hash=await hash_password(PASSWORD))


async def log_in(client, email="ada@example.com", password=PASSWORD):
    return await client.post("/api/v1/auth/login", json={"email": email, "password": password})


async def test_the_set_up_code_makes_the_first_administrator_once(browser, in_transaction):
    client = browser()
    options = (await client.get("/api/v1/auth/options")).json()
    assert options["needs_setup"] is True
    assert options["is_signed_in"] is False
    code = await in_transaction(setup.renew_code)
    account = {"email": "ada@example.com", "password": PASSWORD}
    wrong = await client.post("/api/v1/auth/setup", json={**account, "code": "A" * 24})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_wrong")
    made = await client.post("/api/v1/auth/setup", json={**account, "code": code.lower()})
    assert (made.status_code, made.json()["user"]["role"]) == (201, "admin")
    assert (await client.get(ME)).json()["email"] == "ada@example.com"
    again = await client.post("/api/v1/auth/setup", json={**account, "email": "eve@example.com", "code": code})
    assert again.status_code == 409
    assert await in_transaction(setup.renew_code) is None
    options = (await client.get("/api/v1/auth/options")).json()
    assert options["needs_setup"] is False
    assert options["is_signed_in"] is True


async def test_the_set_up_code_ends_after_an_hour_and_with_the_next_one(browser, in_transaction, clock):
    first = await in_transaction(setup.renew_code)
    second = await in_transaction(setup.renew_code)
    body = {"email": "ada@example.com", "password": PASSWORD}
    assert (await browser().post("/api/v1/auth/setup", json={**body, "code": first})).status_code == 422
    clock.advance(timedelta(minutes=61))
    assert (await browser().post("/api/v1/auth/setup", json={**body, "code": second})).status_code == 422


async def test_login_answers_with_a_token_and_a_cookie_out_of_scripts_reach(browser, ada):
    client = browser()
    answer = await log_in(client)
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "Ada@example.com"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("headrace=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert (await client.get(ME)).json()["role"] == "operator"
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await browser().get(ME, headers=bearer)).json()["id"] == str(ada.user_id)


async def test_over_https_the_cookie_is_bound_to_this_host_alone(browser, ada):
    client = browser(base_url="https://127.0.0.1:8000")
    cookie = (await log_in(client)).headers["set-cookie"]
    assert cookie.startswith("__Host-headrace=")
    assert "Secure" in cookie.split("; ")
    assert (await client.get(ME)).status_code == 200
    token = cookie.split(";")[0].partition("=")[2]
    plain = {"Cookie": f"headrace={token}"}  # what a page over http could have set
    assert (await browser(base_url="https://127.0.0.1:8000").get(ME, headers=plain)).status_code == 401


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", "not this one"), ("eve@example.com", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_account_are_refused_alike(browser, ada, rows, email, password):
    answer = await log_in(browser(), email, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
    assert "www-authenticate" in answer.headers
    assert await rows("SELECT action, actor_id FROM headrace.audit_log") == [("session.refused", None)]


async def test_login_gives_a_new_token_and_ends_the_session_that_asked(browser, ada, rows):
    client = browser()
    await log_in(client)
    first = client.cookies["headrace"]
    await log_in(client)
    assert client.cookies["headrace"] != first
    assert (await browser().get(ME, headers={"Cookie": f"headrace={first}"})).status_code == 401
    assert await rows("SELECT count(*) FROM headrace.sessions") == [(1,)]


async def test_logout_ends_the_session_and_its_token_at_once(browser, ada):
    client = browser()
    token = (await log_in(client)).json()["token"]
    cookie = client.cookies["headrace"]
    assert (await client.post("/api/v1/auth/logout")).status_code == 204
    assert "headrace" not in client.cookies
    for headers in ({"Cookie": f"headrace={cookie}"}, {"Authorization": f"Bearer {token}"}):
        assert (await browser().get(ME, headers=headers)).status_code == 401
    assert (await browser().post("/api/v1/auth/logout")).status_code == 204


@pytest.mark.parametrize(("idle", "status"), [(timedelta(hours=23), 200), (timedelta(hours=25), 401)])
async def test_a_session_ends_after_a_day_without_use(browser, ada, clock, runtime, idle, status):
    client = browser()
    await log_in(client)
    clock.advance(idle)
    assert (await client.get(ME)).status_code == status


async def test_a_session_ends_after_thirty_days_of_use(browser, ada, clock, rows):
    client = browser()
    await log_in(client)
    await rows("UPDATE headrace.sessions SET last_used_at = %s", clock.advance(timedelta(days=30, seconds=1)))
    assert (await client.get(ME)).status_code == 401


async def test_a_disabled_user_is_out_at_once_and_a_change_of_role_counts_at_once(browser, client, ada):
    own = browser()
    await log_in(own)
    path = f"/api/v1/admin/users/{ada.user_id}"
    await client.patch(path, json={"role": "viewer"})
    assert (await own.get(ME)).json()["role"] == "viewer"
    assert (await client.patch(path, json={"disabled": True})).status_code == 200
    assert (await own.get(ME)).status_code == 401
    assert (await log_in(own)).status_code == 401


async def test_one_ends_other_sessions_and_not_those_of_others(browser, ada, make_user):
    await make_user("eve@example.com", password_hash=await hash_password(PASSWORD))
    here, there, eve = browser(), browser(), browser()
    for client, email in ((here, "ada@example.com"), (there, "ada@example.com"), (eve, "eve@example.com")):
        assert (await log_in(client, email)).status_code == 200
    listed = (await here.get("/api/v1/auth/sessions")).json()
    assert [one["is_current"] for one in listed].count(True) == 1
    [other] = [one["id"] for one in listed if not one["is_current"]]
    assert (await eve.delete(f"/api/v1/auth/sessions/{other}")).status_code == 404
    assert (await here.delete("/api/v1/auth/sessions")).status_code == 204
    assert [(await client.get(ME)).status_code for client in (here, there, eve)] == [200, 401, 200]


@pytest.mark.parametrize(("setting", "status"), [("open", 201), ("invited", 403), ("off", 403)])
async def test_registering_is_as_open_as_the_setting_says(settings, browser, setting, status):
    object.__setattr__(settings, "registration", type(settings.registration)(setting))
    body = {"email": "new@example.com", "password": PASSWORD}
    client = browser()
    answer = await client.post("/api/v1/auth/register", json=body)
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["user"]["role"] == "member"
        assert (await browser().post("/api/v1/auth/register", json=body)).json()["code"] == "email_taken"


async def test_the_last_administrator_stays_one(client, make_user):
    ada = await make_user("ada@example.com", Role.ADMIN)
    path = f"/api/v1/admin/users/{ada.user_id}"
    for answer in (await client.patch(path, json={"role": "member"}), await client.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    await make_user("eve@example.com", Role.ADMIN)
    assert (await client.delete(path)).status_code == 204


async def test_the_audit_log_takes_no_change_and_tells_who_did_what(browser, client, ada, rows):
    import psycopg

    await log_in(browser())
    await client.patch(f"/api/v1/admin/users/{ada.user_id}", json={"role": "admin"})
    found = (await client.get("/api/v1/admin/audit", params={"target": f"user:{ada.user_id}"})).json()["items"]
    assert [(entry["actor_kind"], entry["action"]) for entry in found] == [
        ("local", "user.changed"),
        ("user", "session.begun"),
    ]
    assert found[0]["details"] == {"role": "admin"}
    assert found[0]["request_id"]
    for sql in (
        "UPDATE headrace.audit_log SET action = ''",
        "DELETE FROM headrace.audit_log",
        "TRUNCATE headrace.audit_log",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await rows(sql)


async def test_settings_are_shown_to_administrators_and_secrets_to_nobody(client, settings):
    answer = await client.get("/api/v1/admin/settings")
    found = {setting["name"]: setting for setting in answer.json()}
    assert found["HEADRACE_PORT"]["value"] == str(settings.port)
    secret = found["HEADRACE_SECRET_KEY"]
    assert (secret["value"], secret["is_set"], secret["is_secret"]) == (None, True, True)
    assert settings.secret_key.get_secret_value() not in answer.text
    assert settings.database_url.get_secret_value() not in answer.text
