"""Whom a request comes from: the other end of its socket, or the client that a trusted proxy names."""

from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from headrace.accounts.address import parse_address
from headrace.setting_sources import Network

FORWARDED = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)
_SECURE = {"http": "https", "websocket": "wss"}


def believe_proxies(app: ASGIApp, trusted: tuple[Network, ...]) -> ASGIApp:
    """Wrap `app`: `scope["client"]` and `["scheme"]` are as proxies of the `trusted` networks tell them, and nobody else.

    `scope["state"]` has the socket's own `peer`, and whether the request was `proxied`, or says so.
    """

    @lru_cache(maxsize=1_024)
    def is_trusted(text: str) -> bool:
        address = parse_address(text)
        return address is not None and any(address in network for network in trusted)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _SECURE:
            await app(scope, receive, send)
            return
        peer = _plain(scope["client"][0]) if scope.get("client") else None
        state = scope.setdefault("state", {})
        state["peer"] = peer
        state["proxied"] = any(name in FORWARDED for name, _ in scope["headers"])
        if peer is not None and trusted and is_trusted(peer):
            headers = Headers(scope=scope)
            chain = [_bare(part) for part in ",".join(headers.getlist("x-forwarded-for")).split(",") if part.strip()]
            client = peer
            while chain and is_trusted(client):
                named = parse_address(chain.pop())
                if named is None:
                    break
                client = str(named)
            scope = {**scope, "client": (client, 0)}
            if headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower() == "https":
                scope["scheme"] = _SECURE[scope["type"]]
        await app(scope, receive, send)

    return wrapped


def _plain(text: str) -> str:
    address = parse_address(text)
    return str(address) if address else text


def _bare(text: str) -> str:
    """Return an address without the port that some proxies add."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
