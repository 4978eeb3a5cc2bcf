"""What the fake provider is told to answer, in no protocol's words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from headrace.json import Json
from headrace.testing.http_wire import Fault, Raw, Received, Tokens

PATIENCE = 10.0


class Gate:
    """A place in a fake answer where it stops until the test opens it: `provider.reply("Once", gate, " upon")`."""

    def __init__(self) -> None:
        """Start closed."""
        self._reached = threading.Event()
        self._opened = threading.Event()
        self._standing: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def wait_reached(self, patience: float = PATIENCE) -> None:
        """Block until an answer stands at the gate; `TimeoutError` if none does."""
        if not self._reached.wait(patience):
            raise TimeoutError("No answer of the fake provider reached the gate")

    async def reached(self, patience: float = PATIENCE) -> None:
        """Wait until an answer stands at the gate; `TimeoutError` if none does."""
        await asyncio.to_thread(self.wait_reached, patience)

    def open(self) -> None:
        """Let the answer go on."""
        self._opened.set()
        for loop, may_go in self._standing:
            with suppress(RuntimeError):  # the server has stopped meanwhile
                loop.call_soon_threadsafe(may_go.set)

    async def pass_through(self) -> None:
        """Stand here until the gate is open; the server calls this."""
        may_go = asyncio.Event()
        self._standing.append((asyncio.get_running_loop(), may_go))
        self._reached.set()
        if not self._opened.is_set():
            await may_go.wait()


Part: TypeAlias = str | Gate


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function that the model wants called."""

    name: str
    arguments: Mapping[str, Json]
    id: str = "call_fake"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its parts in order, `pace` seconds apart, and how it ends."""

    parts: tuple[Part, ...] = ()
    tokens: Tokens = field(default_factory=Tokens)
    finish_reason: str = "stop"
    pace: float = 0.0
    ends: Literal["whole", "cut", "hangs"] = "whole"
    refusal: str | None = None
    calls: tuple[ToolCall, ...] = ()
    breaks: Fault | bytes | None = None  # an error, or the data of an event, in place of the regular end

    @property
    def text(self) -> str:
        """The text of all parts."""
        return "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Page:
    """A response that isn't a stream: junk."""

    status: int
    body: bytes
    content_type: str = "application/json"


class Wire(Protocol):
    """A provider's protocol: how requests are read, and how a reply is written, event by event."""

    def takes(self, path: str) -> bool:
        """Whether a path is this protocol's."""
        ...

    def read(self, raw: Raw) -> Received:
        """Return what was asked."""
        ...

    def begin(self, request: Received, reply: Reply) -> bytes:
        """Return what comes before the text."""
        ...

    def text(self, request: Received, text: str) -> bytes:
        """Return a chunk of text."""
        ...

    def end(self, request: Received, reply: Reply) -> bytes:
        """Return what comes after the text."""
        ...

    def midway(self, fault: Fault) -> bytes:
        """Return an error inside a stream, and its end."""
        ...

    def error(self, fault: Fault) -> bytes:
        """Return the body of a refused request."""
        ...

    def whole(self, request: Received, reply: Reply) -> bytes:
        """Return the body of an answer that isn't streamed."""
        ...
