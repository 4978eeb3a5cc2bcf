"""Pages of other origins: who may call, who brings a cookie, and who is told nothing."""

from dataclasses import replace

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.responses import JSONResponse

from headrace.web.app import create_app
from headrace.web.door import refuse_cross_site
from headrace.web.origins import share_with_origins

pytestmark = pytest.mark.anyio

OURS, PARTNER, STRANGER = "https://app.example.com", "https://partner.test", "https://evil.test"
NEIGHBOUR = "http://10.0.0.7:3000"


async def echo(scope, receive, send):
    """Tell which credentials came through."""
    given = {name.decode(): value.decode() for name, value in scope["headers"]}
    await JSONResponse({name: given.get(name) for name in ("cookie", "authorization")})(scope, receive, send)


@pytest.fixture
async def client():
    app = share_with_origins(refuse_cross_site(echo), (OURS, PARTNER))
    async with AsyncClient(transport=ASGITransport(app=app), base_url="https://api.example.com") as opened:
        yield opened


def page(origin, site, **more):
    """The headers that a browser adds for a page of an origin."""
    return {"Origin": origin, "Sec-Fetch-Site": site, "Cookie": "__Host-headrace=x", **more}


async def test_a_listed_page_of_our_site_brings_its_session(client):
    answer = await client.post("/x", headers=page(OURS, "same-site"))
    assert answer.json()["cookie"] == "__Host-headrace=x"
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "ratelimit" in answer.headers["access-control-expose-headers"].lower()


async def test_a_listed_page_of_another_site_brings_tokens_alone(client):
    answer = await client.post("/x", headers=page(PARTNER, "cross-site", Authorization="Bearer t"))
    assert answer.json() == {"cookie": None, "authorization": "Bearer t"}
    assert answer.headers["access-control-allow-origin"] == PARTNER
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_browser_that_does_not_say_where_from_brings_no_cookie(client):
    answer = await client.get("/x", headers={"Origin": OURS, "Cookie": "a=b"})
    assert answer.json()["cookie"] is None
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_that_is_not_listed_changes_nothing_and_reads_nothing(client):
    for origin, site in ((STRANGER, "cross-site"), ("https://other.example.com", "same-site"), ("null", "cross-site")):
        assert (await client.post("/x", headers=page(origin, site))).status_code == 403
        answer = await client.get("/x", headers=page(origin, site))
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(("origin", "site"), [(OURS, "same-site"), (PARTNER, "cross-site")])
async def test_the_question_beforehand_is_answered_without_a_route(client, origin, site):
    asked = page(origin, site, **{"Access-Control-Request-Method": "PUT"})
    answer = await client.options("/x", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
    assert answer.headers.get("access-control-allow-credentials") == ("true" if site == "same-site" else None)


async def test_a_stranger_s_question_gets_no_leave(client):
    answer = await client.options(
        "/x", headers=page(STRANGER, "cross-site", **{"Access-Control-Request-Method": "PUT"})
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("origin", "host", "passes", "cookie"),
    [
        (OURS, "api.example.com", True, b"a=b"),
        (OURS, "example.com:8000", True, b"a=b"),
        (OURS, "api.example.org", True, None),
        (PARTNER, "api.example.com", True, None),
        (NEIGHBOUR, "10.0.0.7:8000", True, b"a=b"),
        (OURS, "[", True, None),
        (NEIGHBOUR, "10.1.0.7:8000", True, None),
        (STRANGER, "api.example.com", False, None),
    ],
)
async def test_a_socket_is_opened_by_listed_pages_alone_and_brings_the_cookie_from_our_site(
    origin, host, passes, cookie
):
    """Chromium does not say where the page of a socket is from."""
    opened, sent = [], []

    async def socket(scope, receive, send):
        opened.append(dict(scope["headers"]).get(b"cookie"))

    async def send(message):
        sent.append(message)

    headers = [(b"origin", origin.encode()), (b"cookie", b"a=b"), (b"host", host.encode())]
    scope = {"type": "websocket", "headers": headers, "extensions": {"websocket.http.response": {}}}
    await share_with_origins(refuse_cross_site(socket), (OURS, PARTNER, NEIGHBOUR))(scope, None, send)
    assert opened == ([cookie] if passes else [])
    assert passes or sent[0]["status"] == 403


async def test_a_listed_page_reads_why_it_was_refused(runtime):
    listing = replace(runtime, settings=runtime.settings.model_copy(update={"cors_origins": (OURS,)}))
    async with AsyncClient(transport=ASGITransport(create_app(listing)), base_url="http://127.0.0.1:8000") as client:
        for path, status in (("/api/v1/jobs", 401), ("/api/v1/nowhere", 404), ("/api/v1/auth/login", 405)):
            answer = await client.get(path, headers=page(OURS, "same-site"))
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, OURS)
            told = await client.get(path, headers=page(STRANGER, "cross-site"))
            assert (told.headers.get("access-control-allow-origin"), told.headers["vary"]) == (None, "Origin")


async def test_without_a_list_nothing_is_added():
    assert share_with_origins(echo, ()) is echo
