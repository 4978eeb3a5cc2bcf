"""A new secret key comes in while people work: processes restart one after the other, and no request fails."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

import pytest
from httpx2 import AsyncClient
from pydantic import BaseModel, SecretStr
from tests.accounts.conftest import PASSWORD

from headrace import App, Job, Sensitive, installation
from headrace.accounts.permission import Role
from headrace.clock import Clock
from headrace.jobs.upkeep import perform
from headrace.runtime import Runtime
from headrace.testing.serving import serving
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio
AUTH = "/api/v1/auth"
OLD, NEW = "an older key for tests - long enough", "a newer key for tests - just as long"
CANARY = "canary-51ab"
ADA = {"email": "ada@example.com", "password": PASSWORD}
app = App("vault")


class Login(BaseModel):
    password: Sensitive[str]


@app.task
async def is_right(job: Job, login: Login) -> bool:
    """Whether the password arrived as it was sent."""
    return login.password == CANARY


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def clock():
    """The time goes on."""
    return Clock()


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"secret_key": SecretStr(OLD)})


@dataclass
class Place:
    """Where a web process and a worker run; requests there wait while it restarts."""

    calm: asyncio.Lock = field(default_factory=asyncio.Lock)
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def restart(self, runtime, secret, believed):
        changed = {"secret_key": SecretStr(secret), "old_secret_keys": SecretStr(believed) if believed else None}
        async with self.calm:
            await self.running.aclose()
            started = started_with(runtime.settings.model_copy(update=changed))
            self.client, self.runtime = await self.running.enter_async_context(started)

    async def ask(self, method, path, **sent):
        async with self.calm:
            answer = await self.client.request(method, path, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


@asynccontextmanager
async def started_with(settings):
    async with Runtime.open(settings, (app,), connections=6) as runtime, serving(runtime) as (address, _):
        await installation.confirm(runtime.database, runtime.keyring)
        worker = Worker(runtime)
        working = asyncio.create_task(worker.run())
        async with AsyncClient(base_url=address, timeout=40) as client:
            yield client, runtime
        worker.stop()
        await working


@dataclass
class Traffic:
    """Clients that never rest, each at both places in turn; counts the rounds of each."""

    places: list[Place]
    rounds: dict[str, int] = field(default_factory=dict)
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self, name, one_round):
        self.rounds[name] = 0
        for place in cycle(self.places):
            await one_round(place)
            self.rounds[name] += 1
            self.turned.set()

    async def see(self, rounds):
        """Return once every client has done so many more."""
        goal = {name: done + rounds for name, done in self.rounds.items()}
        async with asyncio.timeout(60):
            while any(self.rounds[name] < most for name, most in goal.items()):
                self.turned.clear()
                await self.turned.wait()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def clients_of(ada, places):
    """The rounds of a browser, a program with a key, one with tokens, and one that hands in secrets."""
    key = (await ada.post(f"{AUTH}/keys", json={"name": "ci", "scopes": ["jobs:read"]})).json()["key"]
    tokens = (await ada.post(f"{AUTH}/tokens", json=ADA)).json()
    cookie = {"Cookie": f"headrace={ada.cookies['headrace']}"}

    async def browse(place):
        await place.ask("GET", f"{AUTH}/me", headers=cookie)

    async def show_key(place):
        await place.ask("GET", f"{AUTH}/me", headers=bearer(key))

    async def refresh(place):
        tokens.update(await place.ask("POST", f"{AUTH}/refresh", json={"refresh_token": tokens["refresh_token"]}))
        for each in places:
            await each.ask("GET", f"{AUTH}/me", headers=bearer(tokens["access_token"]))

    async def hand_in(place):
        body = {"task": "vault.is_right", "input": {"password": CANARY}}
        made = await place.ask("POST", "/api/v1/jobs", json=body, headers=cookie)
        done = await place.ask("GET", f"/api/v1/jobs/{made['id']}?wait=30", headers=cookie)
        assert (done["state"], done["result"]) == ("completed", True), done

    return {"browser": browse, "key": show_key, "tokens": refresh, "secrets": hand_in}


async def test_a_new_key_comes_in_and_the_old_one_goes_without_one_failed_request(sign_in, runtime):
    ada = await sign_in(role=Role.ADMIN)
    places = [Place(), Place()]
    traffic = Traffic(places)
    for place in places:
        await place.restart(runtime, OLD, None)
    clients = await clients_of(ada, places)
    async with asyncio.timeout(240), asyncio.TaskGroup() as group:
        running = [group.create_task(traffic.go_on(name, client)) for name, client in clients.items()]
        await asyncio.sleep(0)
        for secret, believed in ((OLD, NEW), (NEW, OLD), (NEW, None)):
            for place in places:
                await place.restart(runtime, secret, believed)
                await traffic.see(rounds=2)
            for duty in places[0].runtime.duties:
                await perform(duty, runtime.database, runtime.wakeups)
        for client in running:
            client.cancel()
    for place in places:
        await place.running.aclose()
