"""What the fake provider reads and writes over HTTP/1.1, whichever protocol is spoken on top."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from headrace.json import Json

_HEAD_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """The usage a fake answer reports; `cached` is part of `input`, `reasoning` part of `output`."""

    input: int = 10
    output: int = 5
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request that the fake provider got, and what was asked in it.

    `prompt` is the last message of the user, `schema` the JSON schema that a structured answer must fit.
    """

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Json]
    model: str = ""
    prompt: str = ""
    system: str = ""
    schema: Mapping[str, Json] | None = None
    wants_stream: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that is answered in the words of the protocol that was spoken."""

    status: int
    code: str | None = None
    kind: str | None = None
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


async def read_request(reader: asyncio.StreamReader) -> Raw | None:
    """Return the next request of a connection, or `None` when the client has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines if ":" in line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parsed = orjson.loads(body) if body else {}
    return Raw(first.split(" ")[1], headers, parsed if isinstance(parsed, dict) else {})


def whole(status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> bytes:
    """Return a response with a body of known length; the connection closes after it."""
    lines = {"content-type": content_type, "content-length": str(len(body)), "connection": "close", **headers}
    return _head(status, lines) + body


def opening() -> bytes:
    """Return the head of a streamed response; pieces follow with `piece`, `ENDING` ends it."""
    return _head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", "connection": "close"})


def piece(data: bytes, *, event: str | None = None) -> bytes:
    """Return one server-sent event as a chunk of a streamed response."""
    name = b"" if event is None else b"event: " + event.encode() + b"\n"
    sent = name + b"data: " + data + b"\n\n"
    return f"{len(sent):x}\r\n".encode() + sent + b"\r\n"


ENDING = b"0\r\n\r\n"


def at(body: Json, *path: str) -> Json:
    """Return what stands under a path of keys, or `None`."""
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def said(turn: Json) -> str:
    """Return the text of a turn: its content, or the texts of its parts."""
    content = turn.get("content", turn.get("parts")) if isinstance(turn, dict) else turn
    if isinstance(content, list):
        return "".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
    return content if isinstance(content, str) else ""


def last_said(turns: Json, *roles: str) -> str:
    """Return the text of the last turn of one of the roles."""
    texts = [
        said(turn)
        for turn in (turns if isinstance(turns, list) else [])
        if isinstance(turn, dict) and turn.get("role") in roles
    ]
    return texts[-1] if texts else ""


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:  # 529 is nobody's standard
        reason = "Unknown"
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1")
