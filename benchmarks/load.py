"""Load on an HTTP server: connections that each send their next request as soon as the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

from benchmarks.contestant import Broken

CONNECTIONS = 50
WARM_SECONDS = 1.0


@dataclass(slots=True)
class Tally:
    """What has been answered so far; `request` makes the bytes of the request of a number."""

    request: Callable[[int], bytes]
    sent: int = 0
    seconds: list[float] = field(default_factory=list)
    refused: bytes = b""

    def next(self) -> bytes:
        self.sent += 1
        return self.request(self.sent)


class Connection(asyncio.Protocol):
    """One connection: a request at a time, its answer read as far as Content-Length says."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._buffer = b""
        self._asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has a class of its own
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._tally.seconds.append(time.perf_counter() - self._asked)
        if not head.startswith(b"HTTP/1.1 2"):
            self._tally.refused = self._buffer
        self._buffer = b""
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self._tally.refused = str(error).encode()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._tally.next())


def load(port: int, request: Callable[[int], bytes], seconds: float) -> list[float]:
    """Keep 50 connections busy for so long and return how long each answer took; raises `Broken` for a refusal."""
    return uvloop.run(_load(port, request, seconds))


async def _load(port: int, request: Callable[[int], bytes], seconds: float) -> list[float]:
    tally = Tally(request)
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(tally), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    await asyncio.sleep(WARM_SECONDS)
    tally.seconds.clear()
    await asyncio.sleep(seconds)
    taken = list(tally.seconds)
    for transport, _ in made:
        transport.abort()
    if tally.refused or not taken:
        raise Broken(f"The server refused or was silent: {tally.refused[-500:].decode(errors='replace')}")
    return taken


def _length(head: bytes) -> int:
    lower = head.lower()
    place = lower.index(b"content-length:") + len(b"content-length:")
    return int(lower[place:].split(b"\r\n", 1)[0])
