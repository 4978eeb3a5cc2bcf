"""Pages of other origins: those that are listed may call the API (CORS, Fetch standard), and open a socket."""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.web.door import bare

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
TAKEN = "Accept, Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
SHOWN = "Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
_ASKED_AGAIN_SECONDS = "600"


def share_with_origins(app: ASGIApp, listed: Collection[str]) -> ASGIApp:
    """Wrap `app`: pages of the `listed` origins may call it.

    One of our own site (app.example.com to api.example.com), as the browser says, brings its session's cookie. From another
    site cookies are taken away before anybody sees them: such pages use tokens.
    """
    if not listed:
        return app

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        if origin.lower() not in listed:
            await app(scope, receive, _telling(send, {}))
            return
        is_ours = _is_ours(headers, is_socket=scope["type"] == "websocket")
        answer = _allowed(origin, with_credentials=is_ours)
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=answer | _PREFLIGHT | {"Vary": "Origin"})(scope, receive, send)
            return
        scope.setdefault("state", {})["is_listed"] = True
        await app(scope if is_ours else _without_cookies(scope), receive, _telling(send, answer))

    return wrapped


_PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": TAKEN,
    "Access-Control-Max-Age": _ASKED_AGAIN_SECONDS,
}


def _telling(send: Send, headers: dict[str, str]) -> Send:
    async def send_telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = MutableHeaders(scope=message)
            sent.update(headers)
            sent.add_vary_header("Origin")
        await send(message)

    return send_telling


def _allowed(origin: str, *, with_credentials: bool) -> dict[str, str]:
    allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": SHOWN}
    return allowed | ({"Access-Control-Allow-Credentials": "true"} if with_credentials else {})


def _without_cookies(scope: Scope) -> Scope:
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]}


def _is_ours(headers: Headers, *, is_socket: bool) -> bool:
    """Whether a page is of our own site, as the browser says.

    Of a socket Chromium says nothing; it sends the cookie (SameSite) if it is, which counts if the hosts say so, too.
    """
    said = headers.get("sec-fetch-site")
    if said is None and is_socket:
        return _site(headers["origin"].partition("//")[2]) == _site(headers.get("host", ""))
    return said in {"same-site", "same-origin"}


def _site(host: str) -> str:
    name = bare(host)
    is_address = ":" in name or name.replace(".", "").isdigit()
    return name if is_address else ".".join(name.split(".")[-2:])
