"""The door: whose requests pass, and what every answer carries."""

import asyncio

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.settings import Settings
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url) -> Settings:
    return Settings(database_url=database_url, allowed_hosts=("jobs.example",))


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9999", "LOCALHOST.", "127.0.0.1:1", "[::1]:8000", "jobs.example"]
)
async def test_known_host_names_pass(client, host):
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "jobs.example.evil", "10.0.0.1", "[::2]", "@"],
)
async def test_other_host_names_are_refused(client, host):
    answer = await client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "host_unknown"


@pytest.mark.parametrize("hosts", [b"", b"Host: localhost\r\nHost: evil.example\r\n"])
async def test_request_without_one_host_is_refused(server, connect, hosts):
    connection = connect(server)
    connection.sendall(b"GET /healthz HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
    assert (await asyncio.to_thread(connection.recv, 65_536)).startswith(b"HTTP/1.1 400 ")


async def test_page_of_another_site_can_change_nothing(client, count_jobs):
    for site in ("cross-site", "same-site", "something-new"):
        answer = await client.post("/api/v1/jobs", json={"task": "demo.rest"}, headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), site
    assert await count_jobs() == 0


async def test_page_of_another_origin_can_change_nothing_in_an_older_browser(client):
    for origin in ("https://evil.example", "null", "http://127.0.0.1:8001", "http://[", "x"):
        answer = await client.post("/api/v1/jobs", json={"task": "demo.rest"}, headers={"Origin": origin})
        assert answer.status_code == 403, origin


async def test_own_pages_and_programs_pass(client):
    own = {"Origin": "http://127.0.0.1:8000"}
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, own):
        answer = await client.post("/api/v1/jobs", json={"task": "demo.rest"}, headers=headers)
        assert answer.status_code == 202, headers


async def test_another_site_may_link_to_us(client):
    assert (await client.get("/api/v1/tasks", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_path_without_a_version_answers_as_the_first_version(client):
    short, full = await client.get("/api/tasks"), await client.get("/api/v1/tasks")
    assert short.json() == full.json() != []
    document = (await client.get("/api/openapi.json")).json()
    assert all(path.startswith(("/api/v1/", "/health", "/readyz", "/metrics")) for path in document["paths"])


async def test_every_answer_carries_the_security_headers_and_its_own_id(client):
    ids = set()
    for path in ("/healthz", "/api/v1/jobs", "/api/v1/nothing", "/nothing"):
        headers = (await client.get(path)).headers
        assert "unsafe" not in headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        ids.add(headers["x-request-id"])
    assert len(ids) == 4


async def test_answers_of_the_api_are_not_kept_by_caches(client):
    assert (await client.get("/api/v1/jobs")).headers["cache-control"] == "no-store"


async def test_refusals_at_the_door_carry_the_headers_too(runtime):
    transport = ASGITransport(app=create_app(runtime))
    async with AsyncClient(transport=transport, base_url="http://evil.example") as client:
        assert "x-request-id" in (await client.get("/healthz")).headers


async def test_headers_of_64_kib_are_refused(server, connect):
    connection = connect(server)
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 65_000 + b"\r\n\r\n")
    assert (await asyncio.to_thread(connection.recv, 65_536)).startswith(b"HTTP/1.1 431 ")


async def test_headers_without_an_end_are_cut_off(server, connect):
    connection = connect(server)

    def pour() -> int:
        sent = 0
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
            while sent < 50_000_000:
                connection.sendall(b"X: " + b"x" * 8_000 + b"\r\n")
                sent += 8_000
        except ConnectionError:
            pass
        return sent

    assert await asyncio.to_thread(pour) < 10_000_000
