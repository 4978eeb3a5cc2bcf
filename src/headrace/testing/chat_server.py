"""The server behind the fake provider: a thread with an event loop that plays scripted answers to whoever asks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import assert_never

import orjson

from headrace.ai.placeholder import Prose
from headrace.ai.specimen import specimen
from headrace.testing import http_wire as http
from headrace.testing.chat_wire import ChatWire
from headrace.testing.gemini_wire import GeminiWire
from headrace.testing.http_wire import Fault, Received
from headrace.testing.messages_wire import MessagesWire
from headrace.testing.reply import PATIENCE, Gate, Page, Reply, Wire

WIRES: tuple[Wire, ...] = (ChatWire(), MessagesWire(), GeminiWire())


class ChatServer:
    """Listens on a free loopback port in a thread of its own; requests beyond the script get a plain answer."""

    def __init__(self) -> None:
        """Prepare; `start` listens."""
        self.url = ""
        self.requests: list[Received] = []
        self.script: list[tuple[str, Reply | Page | Fault]] = []
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
        raw = await http.read_request(reader)
        if raw is None:
            return
        wire = next((wire for wire in WIRES if wire.takes(raw.path)), None)
        if wire is None:
            writer.write(http.whole(404, b'{"error": {"message": "no such path"}}', "application/json", {}))
            return
        request = wire.read(raw)
        self.requests.append(request)
        match self._answer_to(request):
            case Page(status, body, content_type):
                writer.write(http.whole(status, body, content_type, {}))
            case Fault() as fault:
                writer.write(http.whole(fault.status, wire.error(fault), "application/json", fault.headers))
            case Reply() as reply if request.wants_stream:
                await _unless_gone(reader, _stream(writer, wire, request, reply))
            case Reply() as reply:
                writer.write(http.whole(200, wire.whole(request, reply), "application/json", {}))
            case never:
                assert_never(never)
        await writer.drain()

    def _answer_to(self, request: Received) -> Reply | Page | Fault:
        for place, (asked, _) in enumerate(self.script):
            if asked in request.prompt:
                return self.script.pop(place)[1]
        return _plain(request)


def _plain(request: Received) -> Reply:
    if request.schema is None:
        return Reply(("This is ", "a fake answer to: ", request.prompt))
    value = specimen(request.schema, Prose(request.prompt), mark="(fake)")
    return Reply((orjson.dumps(value).decode(),))


async def _stream(writer: asyncio.StreamWriter, wire: Wire, request: Received, reply: Reply) -> None:
    writer.write(http.opening() + wire.begin(request, reply))
    for part in reply.parts:
        if isinstance(part, Gate):
            await writer.drain()
            await part.pass_through()
            continue
        writer.write(wire.text(request, part))
        await writer.drain()
        await asyncio.sleep(reply.pace)
    if reply.ends == "hangs":
        await writer.drain()
        await asyncio.Event().wait()
    if reply.ends == "whole":
        writer.write(_end(wire, request, reply))


def _end(wire: Wire, request: Received, reply: Reply) -> bytes:
    match reply.breaks:
        case None:
            return wire.end(request, reply)
        case Fault() as fault:
            return wire.midway(fault)
        case junk:
            return http.piece(junk) + http.piece(b"[DONE]") + http.ENDING


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
