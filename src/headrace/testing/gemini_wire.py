"""Gemini's protocol as bytes."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from headrace.json import Json
from headrace.testing.http_wire import ENDING, Fault, Raw, Received, Tokens, at, last_said, piece, said
from headrace.testing.reply import Reply

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_FINISHES = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}


class GeminiWire:
    """`POST /v1beta/models/{model}:streamGenerateContent`."""

    def takes(self, path: str) -> bool:
        """Whether a path is this protocol's."""
        return path.partition("?")[0].endswith((":streamGenerateContent", ":generateContent"))

    def read(self, raw: Raw) -> Received:
        """Return what was asked."""
        body = dict(raw.body)
        schema = at(body, "generationConfig", "responseJsonSchema") or at(body, "generationConfig", "responseSchema")
        name = raw.path.partition("?")[0].rpartition("/")[2]
        return Received(
            path=raw.path,
            headers=raw.headers,
            body=raw.body,
            model=name.partition(":")[0],
            prompt=last_said(body.get("contents"), "user"),
            system=said(body.get("systemInstruction")),
            schema=schema if isinstance(schema, dict) else None,
            wants_stream=name.endswith(":streamGenerateContent"),
        )

    def begin(self, _request: Received, _reply: Reply) -> bytes:
        """Return nothing: the text comes at once."""
        return b""

    def text(self, request: Received, text: str) -> bytes:
        """Return a chunk of text."""
        return piece(_chunk(request.model, [{"text": text}]))

    def end(self, request: Received, reply: Reply) -> bytes:
        """Return what comes after the text."""
        calls: list[Json] = [
            {"functionCall": {"name": call.name, "args": dict(call.arguments), "id": call.id}} for call in reply.calls
        ]
        reason = "SAFETY" if reply.refusal else _FINISHES.get(reply.finish_reason)
        finish: dict[str, Json] = {} if reason is None else {"finishReason": reason}
        return piece(_chunk(request.model, calls or [{"text": ""}], finish, reply.tokens)) + ENDING

    def midway(self, fault: Fault) -> bytes:
        """Return an error inside a stream, and its end."""
        return piece(self.error(fault)) + ENDING

    def error(self, fault: Fault) -> bytes:
        """Return the body of a refused request; `Retry-After` is told in its details, as Google does."""
        wait = fault.headers.get("retry-after")
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        details: list[Json] = [] if wait is None else [{"@type": kind, "retryDelay": f"{wait}s"}]
        status = fault.code or _STATUSES.get(fault.status, "UNKNOWN")
        told: dict[str, Json] = {"code": fault.status, "message": fault.message, "status": status, "details": details}
        return orjson.dumps({"error": told})

    def whole(self, request: Received, reply: Reply) -> bytes:
        """Return the body of an answer that isn't streamed."""
        finish: dict[str, Json] = {"finishReason": _FINISHES.get(reply.finish_reason)}
        return _chunk(request.model, [{"text": reply.text}], finish, reply.tokens)


def _chunk(
    model: str, parts: list[Json], finish: Mapping[str, Json] | None = None, tokens: Tokens | None = None
) -> bytes:
    candidate: dict[str, Json] = {"content": {"role": "model", "parts": parts}, "index": 0, **(finish or {})}
    chunk: dict[str, Json] = {"candidates": [candidate], "modelVersion": model, "responseId": "fake"}
    return orjson.dumps(chunk if tokens is None else {**chunk, "usageMetadata": _usage(tokens)})


def _usage(tokens: Tokens) -> dict[str, Json]:
    return {
        "promptTokenCount": tokens.input,
        "candidatesTokenCount": tokens.output - tokens.reasoning,
        "thoughtsTokenCount": tokens.reasoning,
        "cachedContentTokenCount": tokens.cached,
        "totalTokenCount": tokens.input + tokens.output,
    }
