"""`headrace worker`: signals and the supervisor's pipe, turned into a soft stop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import uvloop

from headrace.cli.signals import heard_apart
from headrace.collector import spare_loaded
from headrace.lifeline import stop_at_eof
from headrace.observe import logs
from headrace.runtime import load_apps
from headrace.settings import Settings
from headrace.worker.process import serve
from headrace.worker.stop import Stop


def work(
    settings: Settings,
    targets: Sequence[str],
    parent_fd: int | None,
    id: UUID | None,  # noqa: A002
    *,
    until_empty: bool = False,
) -> None:
    """Run a worker until SIGTERM, SIGINT or the end of the supervisor; a second signal ends it at once.

    With `until_empty` it ends by itself when nothing is left to do.
    """
    logs.configure(settings, process="worker")
    apps = load_apps(targets)
    spare_loaded()
    uvloop.run(_work(settings, parent_fd, lambda stop: serve(settings, apps, stop, id=id, until_empty=until_empty)))
    # Threads that would not stop can't keep the process alive: their jobs have been released.
    os._exit(0)


async def _work(settings: Settings, parent_fd: int | None, serving: Callable[[Stop], Awaitable[None]]) -> None:
    stop = Stop(asyncio.get_running_loop())

    def ask_to_stop() -> None:
        if stop.is_asked:
            os._exit(130)
        stop.ask()

    if parent_fd is not None:
        stop_at_eof(parent_fd, stop.ask, grace=settings.stop_grace + 10)
    with heard_apart({signal.SIGTERM, signal.SIGINT}, ask_to_stop):
        await serving(stop)
