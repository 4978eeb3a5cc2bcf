"""Whom a request comes from: forwarded headers count from trusted proxies alone."""

from ipaddress import ip_network

import pytest

from headrace.web.proxies import believe_proxies

pytestmark = pytest.mark.anyio

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))


async def seen(peer, headers=(), *, scheme="http", kind="http"):
    """What the application sees of a request."""
    found = {}

    async def app(scope, receive, send):
        found.update(scope)

    scope = {"type": kind, "scheme": scheme, "client": (peer, 5) if peer else None, "state": {}}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers]
    await believe_proxies(app, PROXIES)(scope, None, None)
    return found


async def test_a_stranger_may_claim_what_he_likes_and_stays_himself():
    found = await seen("203.0.113.9", [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")])
    assert (found["client"][0], found["scheme"]) == ("203.0.113.9", "http")
    assert found["state"] == {"peer": "203.0.113.9", "proxied": True}


async def test_a_trusted_proxy_names_the_client_and_the_scheme():
    found = await seen("10.1.2.3", [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")])
    assert (found["client"][0], found["scheme"]) == ("198.51.100.1", "https")
    assert found["state"] == {"peer": "10.1.2.3", "proxied": True}


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        (["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # what the client itself wrote stands to the left
        (["6.6.6.6", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        (["198.51.100.1:4711"], "198.51.100.1"),
        (["[2001:db8::1]:80"], "2001:db8::1"),
        (["::ffff:198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6, nonsense"], "10.1.2.3"),
        (["nonsense, 10.7.7.7"], "10.7.7.7"),
        ([], "10.1.2.3"),
        ([" , "], "10.1.2.3"),
    ],
)
async def test_the_client_is_the_last_that_is_no_proxy(chain, client):
    assert (await seen("10.1.2.3", [("x-forwarded-for", part) for part in chain]))["client"][0] == client


async def test_a_call_without_such_headers_is_not_proxied():
    assert (await seen("::ffff:10.1.2.3"))["state"] == {"peer": "10.1.2.3", "proxied": False}
    assert (await seen(None))["state"] == {"peer": None, "proxied": False}


async def test_a_socket_behind_a_proxy_is_secure_too():
    assert (await seen("::1", [("x-forwarded-proto", "http, https")], scheme="ws", kind="websocket"))["scheme"] == "wss"
