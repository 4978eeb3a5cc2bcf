"""Request bodies: JSON only, bounded before they are buffered, parsed strictly before FastAPI and pydantic see them.

FastAPI's own parser takes NaN, lone surrogates and 1e400, and then fails on them with 500; so every body passes
`headrace.json.parse_once` first, whichever router it is for. On types: our own models are strict (`"1"` and `true` are no
numbers), an app's models and a task's input are as strict as they declare themselves (pydantic's `strict=True`).
"""

import asyncio
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.errors import HeadraceError, InvalidInput
from headrace.json import parse_once
from headrace.web.problem import problem

BODY_MAX = 2 * 1024 * 1024
HELD_MAX = 256 * 1024 * 1024
DEADLINE = 30.0
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Body(BaseModel):
    """A request body that takes no unknown fields and converts nothing."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Refused(HeadraceError):
    """The body is refused before it is read to its end, so the connection closes."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the status and code of the answer."""
        super().__init__(message)
        self.status, self.code = status, code


class _Hold:
    """What all requests of a process have sent and is not done with yet."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most

    def add(self, size: int) -> None:
        self.size += size
        if self.size > self._most:
            raise Refused(503, "busy", "This server has as much to read as it can hold; send it again in a moment")


def take_json_only(
    app: ASGIApp, limit: int = BODY_MAX, deadline: float = DEADLINE, held_max: int = HELD_MAX
) -> ASGIApp:
    """Wrap `app`: bodies of unsafe methods are strict JSON, and read here within `limit` bytes and `deadline` seconds.

    All that are being read or worked on have at most `held_max` bytes together.
    """
    hold = _Hold(held_max)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in UNSAFE:
            await app(scope, receive, send)
            return
        reading = _Reading(hold, limit, deadline)
        try:
            body = await _read(Headers(scope=scope), receive, reading)
            if body:
                parse_once(body)
        except Refused as refused:
            retry = {"Retry-After": "1"} if refused.status == 503 else {}
            answer = problem(refused.status, refused.code, str(refused), headers={"Connection": "close"} | retry)
        except InvalidInput as invalid:
            answer = problem(invalid.status, invalid.code, str(invalid))
        else:
            if body is not None:
                scope.setdefault("state", {})["body"] = body
                await app(scope, _replay(body, receive), send)
            return
        finally:
            hold.size -= len(reading.body)
        await answer(scope, receive, send)

    return wrapped


def body_of(scope: Scope) -> bytes:
    """Return the body of a request of an unsafe method that passed `take_json_only`."""
    body: bytes = scope["state"]["body"]
    return body


@dataclass(frozen=True, slots=True)
class _Reading:
    """A body so far, and its bounds."""

    hold: _Hold
    limit: int
    deadline: float
    body: bytearray = field(default_factory=bytearray)

    def take(self, chunk: bytes) -> None:
        self.body.extend(chunk)
        self.hold.add(len(chunk))
        if len(self.body) > self.limit:
            raise _too_large(self.limit)


async def _read(headers: Headers, receive: Receive, reading: _Reading) -> bytes | None:
    """Return the body, `None` if the client went away; raises `Refused`."""
    _check_headers(headers, reading.limit)
    try:
        async with asyncio.timeout(reading.deadline):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                reading.take(message.get("body", b""))
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        late = f"The body did not arrive within {reading.deadline:.0f} s; send it again"
        raise Refused(408, "body_too_slow", late) from None
    body = bytes(reading.body)
    if body and not _is_json(headers.get("content-type", "")):
        raise _not_json()
    return body


def _check_headers(headers: Headers, limit: int) -> None:
    length = headers.get("content-length", "0")
    has_body = length != "0" or "transfer-encoding" in headers
    if has_body and headers.get("content-encoding", "identity") != "identity":
        raise Refused(415, "encoding_unsupported", "Compressed bodies are not taken; send it without Content-Encoding")
    if has_body and not _is_json(headers.get("content-type", "")):
        raise _not_json()
    if length.isdigit() and int(length[:20]) > limit:
        raise _too_large(limit)


def _is_json(content_type: str) -> bool:
    essence, _, parameters = content_type.lower().partition(";")
    kind = essence.strip()
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    return (kind == "application/json" or kind.endswith("+json")) and charset in {"utf-8", "utf8"}


def _not_json() -> Refused:
    return Refused(415, "not_json", "The body has to be JSON in UTF-8, with Content-Type: application/json")


def _too_large(limit: int) -> Refused:
    return Refused(413, "too_large", f"The body is larger than {limit // 1024} KiB; put large data in a file")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands the body out once and then waits for the client to go away."""
    is_given = False

    async def replayed() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
