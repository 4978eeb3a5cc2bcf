"""The rates at the gate: what an answer says of them, whose requests count together, and what is never counted."""

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.settings import Settings
from headrace.testing.serving import serving
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings) -> Settings:
    return settings.model_copy(update={"anonymous_rate_limit": "5/3600", "rate_limit": "8/3600"})


@pytest.fixture
async def ask(runtime):
    """Ask for something from an address, with nothing that says who."""
    app = create_app(runtime)
    opened = []

    async def run(path="/api/v1/jobs", address="203.0.113.1", **headers):
        transport = ASGITransport(app=app, client=(address, 1))
        client = AsyncClient(transport=transport, base_url="http://localhost")
        opened.append(client)
        return await client.get(path, headers=headers)

    yield run
    for client in opened:
        await client.aclose()


async def test_who_asks_too_often_is_told_when_to_come_again(ask):
    answers = [await ask() for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert answers[-1].json()["code"] == "rate_limited"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 720
    assert answers[-1].headers["ratelimit"].startswith('"address";r=0;')


async def test_every_answer_says_what_is_left(ask):
    answers = [await ask() for _ in range(3)]
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"address";q=5;w=3600'] * 3
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=4", "r=3", "r=2"]


async def test_addresses_do_not_share_but_the_neighbours_in_a_64_do(ask):
    for n in range(5):
        assert (await ask(address=f"2001:db8::{n}")).status_code == 401
    assert (await ask(address="2001:db8::ffff")).status_code == 429
    assert (await ask(address="2001:db8:0:1::1")).status_code == 401


async def test_wrong_credentials_count_as_none(ask):
    for _ in range(5):
        assert (await ask(Authorization="Bearer wrong")).status_code == 401
    assert (await ask(Authorization="Bearer wrong")).status_code == 429


async def test_pages_and_health_are_not_counted(ask):
    for path in ("/healthz", "/docs", "/.well-known/security.txt"):
        for _ in range(7):
            answer = await ask(path)
            assert answer.status_code != 429
            assert "ratelimit" not in answer.headers


async def test_the_command_line_of_this_machine_is_not_limited(client):
    for _ in range(12):
        assert (await client.get("/api/v1/jobs")).status_code == 200


async def test_a_socket_is_refused_by_the_same_limit(runtime):
    async with serving(runtime) as (address, _), AsyncClient(base_url=address) as client:
        for _ in range(5):
            assert (await client.get("/api/v1/jobs")).status_code == 401
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        assert (await client.get("/api/v1/live", headers=upgrade)).status_code == 429
