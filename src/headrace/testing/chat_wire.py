"""OpenAI's chat completions protocol as bytes; Azure OpenAI and Ollama speak it too, under paths of their own."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from headrace.json import Json
from headrace.testing.http_wire import ENDING, Fault, Raw, Received, Tokens, at, last_said, piece
from headrace.testing.reply import Reply

_CREATED = 1_767_225_600


class ChatWire:
    """`POST …/chat/completions`."""

    def takes(self, path: str) -> bool:
        """Whether a path is this protocol's."""
        return path.partition("?")[0].endswith("/chat/completions")

    def read(self, raw: Raw) -> Received:
        """Return what was asked."""
        schema = at(dict(raw.body), "response_format", "json_schema", "schema")
        return Received(
            path=raw.path,
            headers=raw.headers,
            body=raw.body,
            model=str(raw.body.get("model", "")),
            prompt=last_said(raw.body.get("messages"), "user"),
            system=last_said(raw.body.get("messages"), "system", "developer"),
            schema=schema if isinstance(schema, dict) else None,
            wants_stream=bool(raw.body.get("stream")),
        )

    def begin(self, request: Received, _reply: Reply) -> bytes:
        """Return what comes before the text."""
        greeting = piece(_delta(request.model, {"role": "assistant", "content": ""}))
        if "/deployments/" not in request.path:
            return greeting
        # Azure says first what its filter made of the prompt, in a chunk without choices or a model.
        filtered: dict[str, Json] = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
        return piece(_chunk("", filtered)) + greeting

    def text(self, request: Received, text: str) -> bytes:
        """Return a chunk of text."""
        return piece(_delta(request.model, {"content": text}))

    def end(self, request: Received, reply: Reply) -> bytes:
        """Return what comes after the text."""
        model, end = request.model, b""
        if reply.refusal is not None:
            end += piece(_delta(model, {"refusal": reply.refusal}))
        for index, call in enumerate(reply.calls):
            function: dict[str, Json] = {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()}
            named: dict[str, Json] = {"index": index, "id": call.id, "type": "function", "function": function}
            end += piece(_delta(model, {"tool_calls": [named]}))
        end += piece(_delta(model, {}, "tool_calls" if reply.calls else reply.finish_reason))
        if at(dict(request.body), "stream_options", "include_usage"):
            end += piece(_chunk(model, {"choices": [], "usage": _usage(reply.tokens)}))
        return end + piece(b"[DONE]") + ENDING

    def midway(self, fault: Fault) -> bytes:
        """Return an error inside a stream, and its end."""
        return piece(self.error(fault)) + piece(b"[DONE]") + ENDING

    def error(self, fault: Fault) -> bytes:
        """Return the body of a refused request."""
        told = {"message": fault.message, "type": fault.kind, "param": None, "code": fault.code}
        return orjson.dumps({"error": told})

    def whole(self, request: Received, reply: Reply) -> bytes:
        """Return the body of an answer that isn't streamed."""
        message: dict[str, Json] = {"role": "assistant", "content": reply.text}
        choice: dict[str, Json] = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
        frame = {"id": "chatcmpl-fake", "object": "chat.completion", "created": _CREATED, "model": request.model}
        return orjson.dumps({**frame, "choices": [choice], "usage": _usage(reply.tokens)})


def _delta(model: str, fields: Mapping[str, Json], finish_reason: str | None = None) -> bytes:
    choice: dict[str, Json] = {"index": 0, "delta": dict(fields), "finish_reason": finish_reason}
    return _chunk(model, {"choices": [choice]})


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
