"""Serving: the web application on a real loopback port, on the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from headrace.live.stream import Pace
from headrace.runtime import Runtime
from headrace.web.app import create_app
from headrace.web.protocol import BoundedProtocol
from headrace.web.server import Server, bind, configure


@asynccontextmanager
async def serving(
    runtime: Runtime, *, pace: Pace | None = None, protocol: type[BoundedProtocol] = BoundedProtocol
) -> AsyncIterator[tuple[str, Server]]:
    """Serve a runtime inside the block; yield the address and the server, whose `stop` does what SIGTERM does."""
    app = create_app(runtime, pace=pace)
    server = Server(configure(app, protocol), app)
    with bind("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            yield f"http://{host}:{port}", server
        finally:
            server.stop()
            await running
