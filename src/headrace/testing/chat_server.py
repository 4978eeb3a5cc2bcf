"""The server behind the fake provider: a thread with an event loop that plays scripted answers to whoever asks."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

import orjson

from headrace.ai.placeholder import Prose
from headrace.ai.specimen import specimen
from headrace.testing import chat_wire as wire
from headrace.testing.chat_wire import Received, Tokens

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
class Reply:
    """An answer: its parts in order, `pace` seconds apart, and how it ends."""

    parts: tuple[Part, ...] = ()
    tokens: Tokens = field(default_factory=Tokens)
    finish_reason: str = "stop"
    pace: float = 0.0
    ends: Literal["whole", "cut", "hangs"] = "whole"
    refusal: str | None = None
    last_event: bytes | None = None  # sent in place of the regular end

    @property
    def text(self) -> str:
        """The text of all parts."""
        return "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Page:
    """A response that isn't a stream: an error of the protocol, or junk."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


class ChatServer:
    """Listens on a free loopback port in a thread of its own; requests beyond the script get a plain answer."""

    def __init__(self) -> None:
        """Prepare; `start` listens."""
        self.url = ""
        self.requests: list[Received] = []
        self.script: deque[Reply | Page] = deque()
        self.hung_up = threading.Semaphore(0)
        self._started = threading.Event()
        self._stop: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-provider", daemon=True)

    def start(self) -> None:
        """Listen; return once requests are accepted."""
        self._thread.start()
        if not self._started.wait(PATIENCE):
            raise TimeoutError("The fake provider did not start")

    def stop(self) -> None:
        """Drop open connections and end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._answer(reader, writer)
        except ConnectionError:
            self.hung_up.release()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await wire.read_request(reader)
        if request is None:
            return
        self.requests.append(request)
        match self.script.popleft() if self.script else _plain(request):
            case Page(status, body, headers, content_type):
                writer.write(wire.whole(status, body, content_type, headers))
            case Reply() as reply if request.wants_stream:
                await _unless_gone(reader, _stream(writer, request, reply))
            case Reply() as reply:
                body = wire.completion(request.model, reply.text, reply.finish_reason, reply.tokens)
                writer.write(wire.whole(200, body, "application/json", {}))
            case never:
                assert_never(never)
        await writer.drain()


def _plain(request: Received) -> Reply:
    if request.schema is None:
        return Reply(("This is ", "a fake answer to: ", request.prompt))
    value = specimen(request.schema, Prose(request.prompt), mark="(fake)")
    return Reply((orjson.dumps(value).decode(),))


async def _stream(writer: asyncio.StreamWriter, request: Received, reply: Reply) -> None:
    model = request.model
    writer.write(wire.opening() + wire.piece(wire.delta(model, {"role": "assistant", "content": ""})))
    for part in reply.parts:
        if isinstance(part, Gate):
            await writer.drain()
            await part.pass_through()
            continue
        writer.write(wire.piece(wire.delta(model, {"content": part})))
        await writer.drain()
        await asyncio.sleep(reply.pace)
    await _end(writer, request, reply)


async def _end(writer: asyncio.StreamWriter, request: Received, reply: Reply) -> None:
    model = request.model
    match reply.ends:
        case "cut":
            return
        case "hangs":
            await asyncio.Event().wait()
        case "whole":
            if reply.last_event is not None:
                writer.write(wire.piece(reply.last_event))
            if reply.refusal is not None:
                writer.write(wire.piece(wire.delta(model, {"refusal": reply.refusal})))
            if reply.last_event is None:
                writer.write(wire.piece(wire.delta(model, {}, reply.finish_reason)))
            if reply.last_event is None and request.wants_usage:
                writer.write(wire.piece(wire.usage_chunk(model, reply.tokens)))
            writer.write(wire.ending())


async def _unless_gone(reader: asyncio.StreamReader, work: Coroutine[None, None, None]) -> None:
    # Nothing more comes from a client that waits for its answer, so the end of its side means that it hung up.
    async with _task(work) as answering, _task(reader.read(1)) as listening:
        await asyncio.wait({answering, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ConnectionResetError
        answering.result()


@asynccontextmanager
async def _task(work: Coroutine[None, None, object]) -> AsyncIterator[asyncio.Task[object]]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await task
