"""The web process: uvicorn on a loopback socket, the wake-ups and the queue's upkeep on one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
from collections.abc import Iterator, Sequence

import uvicorn
import uvloop
from fastapi import FastAPI

from headrace import installation
from headrace.collector import spare_loaded
from headrace.errors import SettingsError
from headrace.jobs.upkeep import start
from headrace.lifeline import stop_at_eof
from headrace.live.hub import Hub
from headrace.log import get_logger
from headrace.observe import logs
from headrace.runtime import Runtime, load_apps
from headrace.settings import Settings
from headrace.web.app import create_app
from headrace.web.first_run import tell_first_run
from headrace.web.gate import check_declared
from headrace.web.protocol import BoundedProtocol, SocketProtocol

log = get_logger(__name__)

CONNECTIONS = 8
STOP_GRACE = 10
FRAME_MAX = 64 * 1024
# The kernel gives up on a client that takes nothing for so long, so that a half-open connection does not stay for ever.
USER_TIMEOUT_MS = 30_000


def serve(settings: Settings, targets: Sequence[str], parent_fd: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until the pipe `parent_fd` ends; requests in flight are finished first.

    Raises `SettingsError` for an address that is taken.
    """
    logs.configure(settings, process="web")
    _allow_open_files()
    listener = bind(settings.host, settings.port)
    apps = load_apps(targets)
    spare_loaded()
    if parent_fd is not None:
        stop_at_eof(parent_fd, lambda: os.kill(os.getpid(), signal.SIGTERM), grace=STOP_GRACE + 5)

    async def run() -> None:
        async with Runtime.open(settings, apps, connections=CONNECTIONS) as runtime:
            await installation.confirm(runtime.database, runtime.keyring, settings.environment)
            await tell_first_run(runtime)
            await serve_runtime(runtime, listener)

    with contextlib.closing(listener), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def serve_runtime(runtime: Runtime, listener: socket.socket) -> None:
    """Serve a runtime on a bound socket until a signal comes."""
    app = create_app(runtime)
    check_declared(app)
    server = Server(configure(app), app)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    background = [
        asyncio.create_task(runtime.wakeups.run()),
        *start(runtime.database, runtime.wakeups, runtime.clock, runtime.duties),
    ]
    try:
        log.info(
            "web.started",
            environment=str(runtime.settings.environment),
            address=runtime.settings.address,
            apps=[own.name for own in runtime.apps],
        )
        await server.serve(sockets=[listener])
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
    log.info("web.stopped")


class Server(uvicorn.Server):
    """uvicorn, with signals left to us and live streams ended first."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        """Take the application whose hub is closed at the stop."""
        super().__init__(config)
        self.ready = asyncio.Event()
        self.hub: Hub = app.state.hub

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, and tell that by `ready`."""
        await super().startup(sockets)
        self.ready.set()

    def stop(self) -> None:
        """Finish what is in flight and stop; asked twice, stop at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self.hub.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signals: uvicorn would raise them again after the stop, and the process would end by one."""
        yield


def configure(app: FastAPI, protocol: type[BoundedProtocol] = BoundedProtocol) -> uvicorn.Config:
    """Return uvicorn's configuration: our protocol, no logging of its own, no proxy headers believed."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws=SocketProtocol,
        ws_max_size=FRAME_MAX,
        ws_per_message_deflate=False,  # a few bytes can unpack to gigabytes
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_GRACE,
    )


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises `SettingsError` if the address is taken."""
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # accepted connections inherit it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        listener.bind((address, port))
        listener.listen(1_024)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Can't listen on {host} port {port}: {error.strerror}; set HEADRACE_HOST or HEADRACE_PORT"
        ) from error
    return listener


def _allow_open_files() -> None:
    """Take as many open files as the system grants: the usual 1,024 are fewer than the streams we serve."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
