"""A new secret key of the installation: nobody is signed out, and in the end the old one can go."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pyotp
import pytest
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from tests.accounts.conftest import PASSWORD

from headrace.accounts.upkeep import tidy
from headrace.keyring import Keyring
from headrace.runtime import Runtime
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio
AUTH = "/api/v1/auth"
OLD, NEW = "an older key for tests - long enough", "a newer key for tests - just as long"
ADA = {"email": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"secret_key": SecretStr(OLD)})


@pytest.fixture
def with_secrets(runtime):
    """A client of another process, which has these secret keys."""

    @asynccontextmanager
    async def open_one(new, old=None):
        changed = {"secret_key": SecretStr(new), "old_secret_keys": SecretStr(old) if old else None}
        settings = runtime.settings.model_copy(update=changed)
        async with Runtime.open(settings, (), connections=4, clock=runtime.clock) as other:
            transport = ASGITransport(app=create_app(other))
            async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                yield client

    return open_one


async def test_everybody_stays_signed_in_and_the_old_key_can_go_in_the_end(sign_in, with_secrets, runtime, clock):
    ada = await sign_in()
    key = (await ada.post(f"{AUTH}/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()["key"]
    tokens = (await ada.post(f"{AUTH}/tokens", json=ADA)).json()
    enrolment = (await ada.post(f"{AUTH}/second-factor", json={"current_password": PASSWORD})).json()
    app = pyotp.TOTP(enrolment["seed"])
    codes = await ada.put(f"{AUTH}/second-factor/confirmation", json={"code": app.at(clock.now)})
    tokens_after = (await ada.post(f"{AUTH}/tokens", json=ADA | {"code": codes.json()["recovery_codes"][0]})).json()
    cookie = {"Cookie": f"headrace={ada.cookies['headrace']}"}

    async def me(client, token=None):
        sent = {"Authorization": f"Bearer {token}"} if token else cookie
        return (await client.get(f"{AUTH}/me", headers=sent)).status_code

    async with with_secrets(NEW, OLD) as client:
        assert [await me(client, text) for text in (None, key, tokens_after["access_token"])] == [200, 200, 200]
        refreshed = await client.post(f"{AUTH}/refresh", json={"refresh_token": tokens_after["refresh_token"]})
        assert refreshed.status_code == 200
        async with runtime.database.transaction() as conn:
            await tidy(conn, Keyring(NEW, (OLD,)), clock.now)
    async with with_secrets(NEW) as client:
        assert [await me(client, text) for text in (None, key)] == [200, 200]
        assert await me(client, refreshed.json()["access_token"]) == 200
        again = await client.post(f"{AUTH}/refresh", json={"refresh_token": refreshed.json()["refresh_token"]})
        assert again.status_code == 200
        clock.advance(timedelta(minutes=1))
        answer = await client.post(f"{AUTH}/login", json=ADA | {"code": app.at(clock.now)})
        assert answer.status_code == 200
        assert await me(client, tokens["access_token"]) == 401, "of the old key alone, and its session has ended"
