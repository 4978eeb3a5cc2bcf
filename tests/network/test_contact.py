"""Whom to tell of a hole; and what an answer over https says."""

from datetime import UTC, datetime

import pytest
from httpx2 import ASGITransport, AsyncClient

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
    for scheme, said in (("https", "max-age=31536000"), ("http", None)):
        transport = ASGITransport(app=create_app(runtime))
        async with AsyncClient(transport=transport, base_url=f"{scheme}://localhost") as client:
            answer = await client.get("/healthz")
        assert answer.headers.get("strict-transport-security") == said
