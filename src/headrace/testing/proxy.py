"""A TCP proxy before PostgreSQL that can fall silent, cut its connections, and come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from psycopg.conninfo import conninfo_to_dict, make_conninfo

SIZE = 64 * 1024


class Proxy:
    """Passes bytes between clients and the server; `url` is the database's behind it.

    It runs on the event loop, so whoever blocks the loop blocks its clients too.
    """

    def __init__(self, url: str) -> None:
        """Stand before the server of this URL (or connection string)."""
        self._target = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self.url = url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Proxy]:
        """Listen on a loopback port inside the block."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.url = make_conninfo(**{**self._target, "host": "127.0.0.1", "port": str(port)})
        try:
            yield self
        finally:
            server.close()
            self.cut()
            for way in self._passing:
                way.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._writers) // 2

    def silence(self) -> None:
        """Pass nothing on, in either direction, and tell nobody: a half-open connection, to those at its ends."""
        self._flowing.clear()

    def flow(self) -> None:
        """Go on where it fell silent."""
        self._flowing.set()

    def forget(self) -> None:
        """Pass nothing more on of the connections that there are, ever, and tell nobody; new ones are served."""
        self._flowing.clear()
        self._flowing = asyncio.Event()
        self._flowing.set()

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        for writer in self._writers.copy():
            writer.transport.abort()
        self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flowing = self._flowing
        try:
            await flowing.wait()
            server_reader, server_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, server_writer}
        self._writers |= pair
        ways = (self._pass(flowing, reader, server_writer), self._pass(flowing, server_reader, writer))
        tasks = {asyncio.create_task(way) for way in ways}
        self._passing |= tasks
        await asyncio.wait(tasks)
        self._passing -= tasks
        self._writers -= pair

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._target.get("host", "127.0.0.1"), self._target.get("port", "5432")
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    @staticmethod
    async def _pass(flowing: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(SIZE):
                await flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
