"""Whom to tell of a hole; and what an answer over https says."""

from datetime import UTC, datetime

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.accounts.permission import Role
from headrace.web.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings):
    told = {"security_contact": "mailto:security@example.com", "public_url": "https://jobs.example.com/"}
    return settings.model_copy(update=told)


async def test_security_txt_says_whom_to_tell_and_until_when_it_holds(client):
    answer = await client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Canonical"] == "https://jobs.example.com/.well-known/security.txt"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)


async def test_over_https_the_browser_is_told_to_use_nothing_else(runtime):
    for scheme, said in (("https", "max-age=31536000; includeSubDomains"), ("http", None)):
        transport = ASGITransport(app=create_app(runtime))
        async with AsyncClient(transport=transport, base_url=f"{scheme}://localhost") as client:
            answer = await client.get("/healthz")
        assert answer.headers.get("strict-transport-security") == said


async def test_logout_has_the_browser_clear_what_it_keeps(sign_in):
    browser = await sign_in(Role.MEMBER)
    answer = await browser.post("/api/v1/auth/logout")
    assert (answer.status_code, answer.headers["clear-site-data"]) == (204, '"cache", "storage"')
    assert (await browser.get("/api/v1/jobs")).status_code == 401


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
async def test_methods_that_no_route_offers_are_refused(client, method):
    for path in ("/docs", "/api/v1/jobs", "/healthz"):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
