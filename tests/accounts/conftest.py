"""People with accounts, a hand-moved time, and short words for what the tests look at."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.accounts.password import hash_password
from headrace.accounts.permission import Role
from headrace.accounts.principal import person
from headrace.clock import Clock
from headrace.ids import new_id
from headrace.keyring import Keyring
from headrace.web.app import create_app

PASSWORD = "seven grey herons at dusk"


@pytest.fixture
def clock():
    """It is Sunday noon in Greenwich, in winter."""
    return Clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def make_user(rows):
    """A user with an account, as the principal that a session of his makes."""

    async def make(email="ada@example.com", role=Role.MEMBER, *, password_hash=None):
        user_id = new_id()
        await rows(
            "INSERT INTO headrace.users (id, email, email_key, role, password_hash, created_at)"
            " VALUES (%s, %s, lower(%s), %s, %s, now())",
            *(user_id, email, email, role, password_hash),
        )
        return person(user_id, email, role, credential_id=new_id())

    return make


@pytest.fixture
def in_transaction(runtime, clock):
    """Call a function of the domain with a connection in a transaction and the test's time."""

    async def call(function, *given, **named):
        async with runtime.database.transaction() as conn:
            return await function(conn, *given, now=clock.now, **named)

    return call


@pytest.fixture
def with_new_secret(runtime):
    """The keyring after the installation's secret key was exchanged, with the old one still believed."""
    old = runtime.settings.secret_key.get_secret_value()
    return Keyring("a newer key for tests " * 2, (old,))


@pytest.fixture
async def open_browser(runtime):
    """An HTTP client that nobody is signed in to, with cookies of its own."""
    async with AsyncExitStack() as opened:
        app = create_app(runtime)

        async def make():
            transport = ASGITransport(app=app)
            return await opened.enter_async_context(AsyncClient(transport=transport, base_url="http://127.0.0.1:8000"))

        yield make


@pytest.fixture
def sign_in(open_browser, make_user):
    """A browser in which a new user has signed in; `.user` is who."""

    stored = None

    async def begin(email="ada@example.com", role=Role.MEMBER):
        nonlocal stored
        stored = stored or await hash_password(PASSWORD)
        user = await make_user(email, role, password_hash=stored)
        browser = await open_browser()
        answer = await browser.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        browser.user = user
        return browser

    return begin
