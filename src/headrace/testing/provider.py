"""A fake AI provider for tests: a real HTTP server that speaks the protocols of the real ones and fails on demand."""

from __future__ import annotations

import asyncio
from copy import copy
from datetime import timedelta
from types import TracebackType
from typing import Self

import orjson

from headrace.json import Json
from headrace.testing.chat_server import ChatServer
from headrace.testing.http_wire import Fault, Received, Tokens
from headrace.testing.reply import PATIENCE, Gate, Page, Part, Reply, ToolCall

__all__ = ["FakeProvider", "Gate", "Received", "Tokens"]

_CHUNK_CHARS = 12


class FakeProvider:
    """Answers the requests it gets with what the test has scripted, in order; unscripted ones get a plain answer.

    A context manager; `url` and `environment` tell Headrace where it is, `requests` holds what came. It runs in a thread
    of its own, so that it serves tests of any style and workers in other processes.
    """

    def __init__(self) -> None:
        """Prepare; the server listens within the `with` block."""
        self._server = ChatServer()
        self.asked = ""

    def __enter__(self) -> Self:
        """Listen on a free port of the loopback address."""
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and drop open connections."""
        self._server.stop()

    @property
    def url(self) -> str:
        """The base URL for OpenAI's protocol, and for Ollama, ending in /v1."""
        return self._server.url

    @property
    def address(self) -> str:
        """The address without a path: the base URL for Anthropic's and Gemini's protocols, the endpoint for Azure's."""
        return self._server.url.removesuffix("/v1")

    @property
    def requests(self) -> list[Received]:
        """What came, oldest first."""
        return self._server.requests

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make a Headrace process ask this provider by default."""
        return {
            "HEADRACE_AI_MODEL": "openai:fake-model",
            "HEADRACE_OPENAI_API_KEY": "fake-key",
            "HEADRACE_OPENAI_BASE_URL": self.url,
        }

    def when(self, asked: str) -> Self:
        """Return this provider, to script the answer to the next request whose prompt contains `asked`.

        For calls that are made side by side, whose order nobody knows: `provider.when("wheel").reply("It turns.")`.
        """
        provider = copy(self)
        provider.asked = asked
        return provider

    def reply(
        self,
        *parts: Part,
        tokens: Tokens | None = None,
        finish_reason: str = "stop",
        pace: timedelta = timedelta(),
    ) -> None:
        """Answer the next request with these chunks of text, `pace` apart; at a `Gate` the answer stops until opened."""
        self._script(Reply(parts, tokens or Tokens(), finish_reason, pace.total_seconds()))

    def reply_json(self, value: Json, *, tokens: Tokens | None = None) -> None:
        """Answer the next request with a value as structured answers come: JSON text in chunks."""
        text = orjson.dumps(value).decode()
        chunks = (text[start : start + _CHUNK_CHARS] for start in range(0, len(text), _CHUNK_CHARS))
        self.reply(*chunks, tokens=tokens)

    def call_tool(self, name: str, arguments: dict[str, Json], *, tokens: Tokens | None = None) -> None:
        """Answer the next request with a call of one of the functions that it offered."""
        self._script(Reply(tokens=tokens or Tokens(), calls=(ToolCall(name, arguments),)))

    def refuse(self, said: str = "I can't help with that.") -> None:
        """Answer the next request with a refusal."""
        self._script(Reply(refusal=said))

    def fail(
        self,
        status: int,
        *,
        code: str | None = None,
        kind: str | None = None,
        message: str = "The fake provider was told to fail",
        retry_after: int | str | None = None,
    ) -> None:
        """Answer the next request with an error of the protocol, such as 429 with `code="insufficient_quota"`."""
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        self._script(Fault(status, code, kind, message, headers))

    def fail_midway(self, *parts: Part, code: str = "server_error", message: str = "Something broke") -> None:
        """Send these chunks, then an error inside the stream."""
        self._script(Reply(parts, breaks=Fault(500, code, code, message)))

    def cut(self, *parts: Part) -> None:
        """Send these chunks, then drop the connection."""
        self._script(Reply(parts, ends="cut"))

    def hang(self, *parts: Part) -> None:
        """Send these chunks, then nothing until the client hangs up."""
        self._script(Reply(parts, ends="hangs"))

    def junk(self, body: str, *, content_type: str = "application/json", status: int = 200) -> None:
        """Answer the next request with a body that is not the protocol's."""
        self._script(Page(status, body.encode(), content_type))

    def junk_midway(self, *parts: Part, data: str = "{not json") -> None:
        """Send these chunks, then an event with this data."""
        self._script(Reply(parts, breaks=data.encode()))

    async def hung_up(self, patience: float = PATIENCE) -> None:
        """Wait until a client has hung up in the middle of an answer; `TimeoutError` if none does."""
        if not await asyncio.to_thread(self._server.hung_up.acquire, timeout=patience):
            raise TimeoutError("No client hung up on the fake provider")

    def _script(self, answer: Reply | Page | Fault) -> None:
        self._server.script.append((self.asked, answer))
