"""The door: what every request passes before a route sees it, as plain ASGI wrappers."""

import asyncio
import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.ids import new_id
from headrace.log import structlog
from headrace.web.body import UNSAFE
from headrace.web.problem import problem

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HEADERS_MAX = 32 * 1024
_PORT = re.compile(r":\d{1,5}$")

# Everything comes from here: no inline script or style, no frame around us.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_OF_API, _OF_PAGES = (
    [(name.lower().encode(), value.encode()) for name, value in {**_SECURITY, "Cache-Control": cached}.items()]
    for cached in ("no-store", "no-cache")
)
_REQUEST_ID, _HTTPS_ONLY = b"x-request-id", b"strict-transport-security"
_OURS_ALONE = (_REQUEST_ID, _HTTPS_ONLY)


def add_headers(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: every answer has a request id and the security headers; a route may set its own in their place.

    One over https tells the browser to use nothing else for a year.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request_id = str(new_id())
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [header for header in message.get("headers", ()) if header[0] not in _OURS_ALONE]
                own = {name for name, _ in headers}
                headers += (header for header in (_OF_API if is_api else _OF_PAGES) if header[0] not in own)
                headers.append((_REQUEST_ID, request_id.encode()))
                if scope["scheme"] == "https":
                    headers.append((_HTTPS_ONLY, b"max-age=31536000; includeSubDomains"))
                message["headers"] = headers
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await app(scope, receive, send_with_headers)

    return wrapped


def check_host(app: ASGIApp, allowed: Collection[str]) -> ASGIApp:
    """Wrap `app`: only requests for a known host name pass, so that no foreign name can be pointed at us (DNS rebinding)."""
    names = {bare(name) for name in (*LOOPBACK, *allowed)}

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS_MAX:
            detail = f"The headers are larger than {HEADERS_MAX // 1024} KiB"
            answer = problem(431, "headers_too_large", detail, headers={"Connection": "close"})
        elif len(hosts) != 1:
            answer = problem(400, "host_missing", "The request needs exactly one Host header")
        elif bare(hosts[0]) not in names:
            detail = "This server does not answer to that host name; an operator can add it to HEADRACE_ALLOWED_HOSTS"
            answer = problem(421, "host_unknown", detail)
        else:
            await app(scope, receive, send)
            return
        await answer(scope, receive, send)

    return wrapped


def refuse_cross_site(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: what changes something can't be sent by a page of another site, and no socket be opened by one,
    unless its origin is listed.

    Browsers say where a request comes from (`Sec-Fetch-Site`, older ones `Origin`); programs say nothing and pass. A socket
    is bound by no same-origin policy: its page reads whatever comes.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        is_risky = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] in UNSAFE)
        is_listed = scope.get("state", {}).get("is_listed", False)
        if is_risky and not is_listed and _is_foreign(Headers(scope=scope)):
            detail = "Pages of other sites can't do this; use this server's own pages or an API client"
            await problem(403, "cross_site", detail)(scope, receive, send)
            return
        await app(scope, receive, send)

    return wrapped


def complete_version(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: `/api/x` answers as `/api/v1/x`."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path.startswith("/api/") and not path.startswith("/api/v1/"):
            raw: bytes = scope.get("raw_path") or path.encode()
            scope = {**scope, "path": f"/api/v1/{path[5:]}", "raw_path": b"/api/v1/" + raw[5:]}
        await app(scope, receive, send)

    return wrapped


def answer_head(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: HEAD answers as GET does, without the body (RFC 9110, section 9.3.2)."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return
        is_answered = asyncio.Event()

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif not is_answered.is_set():
                is_answered.set()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def hang_up_when_answered() -> Message:  # so that a stream ends
            await is_answered.wait()
            return {"type": "http.disconnect"}

        await app({**scope, "method": "GET"}, hang_up_when_answered, send_head)

    return wrapped


def _is_foreign(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and not re.fullmatch(
        f"https?://{re.escape(headers.get('host', ''))}", origin, re.IGNORECASE
    )


def bare(host: str) -> str:
    """Return a host name without port, brackets and final dot, in lower case."""
    name = host.strip().lower()
    name = name if name.count(":") > 1 and not name.startswith("[") else _PORT.sub("", name)
    return name.strip("[]").rstrip(".")
