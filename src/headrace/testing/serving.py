"""Serving: the web application on a real loopback port, on the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from headrace.live.stream import Pace
from headrace.runtime import Runtime
from headrace.testing.faults import FaultyDatabase
from headrace.testing.insistence import insist
from headrace.web.app import create_app
from headrace.web.protocol import BoundedProtocol
from headrace.web.server import Server, bind, configure


def insistent(app: ASGIApp, runtime: Runtime) -> ASGIApp:
    """Return the app as it is, or behind a client that insists if the runtime's database is a faulty one."""
    return insist(app, runtime.database) if isinstance(runtime.database, FaultyDatabase) else app


@asynccontextmanager
async def serving(
    runtime: Runtime, *, pace: Pace | None = None, protocol: type[BoundedProtocol] = BoundedProtocol
) -> AsyncIterator[tuple[str, Server]]:
    """Serve a runtime inside the block; yield the address and the server, whose `stop` does what SIGTERM does."""
    app = create_app(runtime, pace=pace)
    config = configure(app, protocol)
    config.app = insistent(app, runtime)
    server = Server(config, app)
    with bind("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.ready.wait()
            yield f"http://{host}:{port}", server
        finally:
            server.stop()
            await running
