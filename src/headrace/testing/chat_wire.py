"""The OpenAI chat completions protocol as bytes: requests read, answers written, over HTTP/1.1."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from headrace.json import Json

_HEAD_MAX = 64 * 1024
_CREATED = 1_767_225_600


@dataclass(frozen=True, slots=True)
class Tokens:
    """The usage a fake answer reports; `cached` is part of `input`, `reasoning` part of `output`."""

    input: int = 10
    output: int = 5
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A request that a fake provider got."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Json] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.body.get("model", ""))

    @property
    def prompt(self) -> str:
        """The last message of the user."""
        return self._said("user")

    @property
    def system(self) -> str:
        """The system's message, or nothing."""
        return self._said("system") or self._said("developer")

    @property
    def schema(self) -> Mapping[str, Json] | None:
        """The JSON schema that a structured answer must fit."""
        found: Json = dict(self.body)
        for key in ("response_format", "json_schema", "schema"):
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    @property
    def wants_stream(self) -> bool:
        """Whether the answer is wanted in chunks."""
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        """Whether the stream is to end with the usage."""
        options = self.body.get("stream_options")
        return isinstance(options, dict) and bool(options.get("include_usage"))

    def _said(self, role: str) -> str:
        messages = self.body.get("messages")
        said = [
            str(message.get("content"))
            for message in (messages if isinstance(messages, list) else [])
            if isinstance(message, dict) and message.get("role") == role
        ]
        return said[-1] if said else ""


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """Return the next request of a connection, or `None` when the client has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines if ":" in line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parsed = orjson.loads(body) if body else {}
    return Received(first.split(" ")[1], headers, parsed if isinstance(parsed, dict) else {})


def whole(status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> bytes:
    """Return a response with a body of known length; the connection closes after it."""
    lines = {"content-type": content_type, "content-length": str(len(body)), "connection": "close", **headers}
    return _head(status, lines) + body


def opening() -> bytes:
    """Return the head of a streamed response; pieces follow with `piece`, `ending` ends it."""
    return _head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", "connection": "close"})


def piece(data: bytes) -> bytes:
    """Return one server-sent event as a chunk of a streamed response."""
    event = b"data: " + data + b"\n\n"
    return f"{len(event):x}\r\n".encode() + event + b"\r\n"


def ending() -> bytes:
    """Return the protocol's last event and the end of the chunked body."""
    return piece(b"[DONE]") + b"0\r\n\r\n"


def delta(model: str, fields: Mapping[str, Json], finish_reason: str | None = None) -> bytes:
    """Return a chunk that adds to the answer, or finishes it."""
    choice: dict[str, Json] = {"index": 0, "delta": dict(fields), "finish_reason": finish_reason}
    return _chunk(model, {"choices": [choice]})


def usage_chunk(model: str, tokens: Tokens) -> bytes:
    """Return the chunk after the last, which holds the usage alone."""
    return _chunk(model, {"choices": [], "usage": _usage(tokens)})


def completion(model: str, text: str, finish_reason: str, tokens: Tokens) -> bytes:
    """Return the body of an answer that isn't streamed."""
    message: dict[str, Json] = {"role": "assistant", "content": text}
    choice: dict[str, Json] = {"index": 0, "message": message, "finish_reason": finish_reason}
    return orjson.dumps(
        {
            "id": "chatcmpl-fake",
            "object": "chat.completion",
            "created": _CREATED,
            "model": model,
            "choices": [choice],
            "usage": _usage(tokens),
        }
    )


def error(message: str, code: str | None, kind: str | None) -> bytes:
    """Return the body of a refusal."""
    return orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


def _chunk(model: str, fields: Mapping[str, Json]) -> bytes:
    frame = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": _CREATED, "model": model}
    return orjson.dumps({**frame, **fields})


def _usage(tokens: Tokens) -> dict[str, Json]:
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    }


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:  # 529 is nobody's standard
        reason = "Unknown"
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1")
