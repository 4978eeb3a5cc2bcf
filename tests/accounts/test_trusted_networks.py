"""Calls without a credential from a trusted network are the member `trusted`'s; nobody else's, and not through a proxy."""

from ipaddress import ip_network
from uuid import UUID

import pytest
from httpx2 import AsyncClient
from pydantic import ValidationError

from headrace import App, Job
from headrace.settings import Settings
from headrace.testing.serving import serving

pytestmark = pytest.mark.anyio

app = App("demo")


@app.task
async def rest(job: Job) -> None:
    """Do nothing."""


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def networks():
    return "127.0.0.0/8"


@pytest.fixture
def settings(settings, networks):
    return settings.model_copy(update={"trusted_networks": (ip_network(networks),)})


@pytest.fixture
async def stranger(runtime):
    """A client over a real socket, without a credential."""
    async with serving(runtime) as (address, _), AsyncClient(base_url=address) as client:
        yield client


async def test_a_call_without_credential_is_the_trusted_members(stranger, job, rows):
    me = (await stranger.get("/api/v1/auth/me")).json()
    assert (me["kind"], me["role"], me["owner"]) == ("trusted", "member", "trusted")
    made = await stranger.post("/api/v1/jobs", json={"task": "demo.rest"})
    assert made.status_code == 202
    assert (await job(UUID(made.json()["id"])))["owner"] == "trusted"
    assert (await stranger.get("/api/v1/queues")).status_code == 403
    assert await rows(
        "SELECT action, target FROM headrace.audit_log WHERE actor_kind = 'trusted' ORDER BY id LIMIT 1"
    ) == [("trusted_network.used", "address:127.0.0.1")]


async def test_a_wrong_credential_is_refused_though_the_network_is_trusted(stranger):
    answer = await stranger.get("/api/v1/jobs", headers={"Authorization": "Bearer hr_nothing"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_what_came_through_a_proxy_is_not_trusted(stranger, header):
    assert (await stranger.get("/api/v1/jobs", headers={header: "for=127.0.0.1"})).status_code == 401


async def test_a_page_of_another_site_does_not_use_the_network_of_its_reader(stranger):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = await stranger.post("/api/v1/jobs", json={"task": "demo.rest"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize("networks", ["10.0.0.0/8"])
async def test_another_network_is_not_trusted(stranger):
    answer = await stranger.get("/api/v1/jobs")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("network", ["0.0.0.0/0", "8.8.8.0/24", "::/0"])
def test_only_private_networks_can_be_trusted(network):
    with pytest.raises(ValidationError, match="not private"):
        Settings(trusted_networks=network)
