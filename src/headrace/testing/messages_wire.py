"""Anthropic's messages protocol as bytes."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from headrace.json import Json
from headrace.testing.http_wire import ENDING, Fault, Raw, Received, Tokens, at, last_said, piece, said
from headrace.testing.reply import Reply

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


class MessagesWire:
    """`POST /v1/messages`."""

    def takes(self, path: str) -> bool:
        """Whether a path is this protocol's."""
        return path.partition("?")[0].endswith("/v1/messages")

    def read(self, raw: Raw) -> Received:
        """Return what was asked."""
        schema = at(dict(raw.body), "output_config", "format", "schema")
        system = raw.body.get("system")
        return Received(
            path=raw.path,
            headers=raw.headers,
            body=raw.body,
            model=str(raw.body.get("model", "")),
            prompt=last_said(raw.body.get("messages"), "user"),
            system=said({"content": system}),
            schema=schema if isinstance(schema, dict) else None,
            wants_stream=bool(raw.body.get("stream")),
        )

    def begin(self, request: Received, reply: Reply) -> bytes:
        """Return what comes before the text: the frame, with what the prompt came to."""
        message = {**_message(request.model), "usage": _usage(reply.tokens, 1)}
        opened: dict[str, Json] = {"index": 0, "content_block": {"type": "text", "text": ""}}
        return _event("message_start", {"message": message}) + _event("content_block_start", opened)

    def text(self, _request: Received, text: str) -> bytes:
        """Return a chunk of text."""
        return _event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text}})

    def end(self, _request: Received, reply: Reply) -> bytes:
        """Return what comes after the text."""
        end = _event("content_block_stop", {"index": 0})
        for index, call in enumerate(reply.calls, 1):
            block: dict[str, Json] = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
            delta: dict[str, Json] = {
                "type": "input_json_delta",
                "partial_json": orjson.dumps(call.arguments).decode(),
            }
            end += _event("content_block_start", {"index": index, "content_block": block})
            end += _event("content_block_delta", {"index": index, "delta": delta})
            end += _event("content_block_stop", {"index": index})
        reason = "refusal" if reply.refusal else "tool_use" if reply.calls else _STOPS.get(reply.finish_reason)
        stop: dict[str, Json] = {"stop_reason": reason, "stop_sequence": None}
        usage = _usage(reply.tokens, reply.tokens.output)
        return end + _event("message_delta", {"delta": stop, "usage": usage}) + _event("message_stop", {}) + ENDING

    def midway(self, fault: Fault) -> bytes:
        """Return an error inside a stream, and its end."""
        return piece(self.error(fault), event="error") + ENDING

    def error(self, fault: Fault) -> bytes:
        """Return the body of a refused request."""
        kind = fault.kind or fault.code or _KINDS.get(fault.status, "api_error")
        return orjson.dumps({"type": "error", "error": {"type": kind, "message": fault.message}})

    def whole(self, request: Received, reply: Reply) -> bytes:
        """Return the body of an answer that isn't streamed."""
        content: list[Json] = [{"type": "text", "text": reply.text}]
        ended = {"stop_reason": _STOPS.get(reply.finish_reason), "usage": _usage(reply.tokens, reply.tokens.output)}
        return orjson.dumps({**_message(request.model), "content": content, **ended})


def _message(model: str) -> dict[str, Json]:
    frame: dict[str, Json] = {"id": "msg_fake", "type": "message", "role": "assistant", "model": model}
    return {**frame, "content": [], "stop_reason": None, "stop_sequence": None}


def _usage(tokens: Tokens, output: int) -> dict[str, Json]:
    # `input_tokens` counts here what was not in the cache.
    return {
        "input_tokens": tokens.input - tokens.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens.cached,
        "output_tokens": output,
    }


def _event(name: str, fields: Mapping[str, Json]) -> bytes:
    return piece(orjson.dumps({"type": name, **fields}), event=name)
