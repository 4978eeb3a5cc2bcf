"""The supervisor: keeps the children of `headrace up` and its PostgreSQL alive, and ends them in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from headrace.cli.child import Child, Role
from headrace.cli.reload import GRACE_SECONDS, Changes
from headrace.cli.signals import Signals
from headrace.db.embedded import EmbeddedServer
from headrace.errors import HeadraceError
from headrace.lifeline import lifeline

DATABASE_LOOK_SECONDS = 0.5
DATABASE_PAUSE_SECONDS = 5.0
RELOAD_LOOK_SECONDS = 0.5


def supervise(
    roles: Sequence[Role],
    environment: Mapping[str, str],
    *,
    grace: float,
    signals: Signals,
    say: Callable[[str], None],
    changes: Changes | None = None,
) -> None:
    """Keep one process of every role alive until a signal asks to stop; the last role of the list stops first.

    All of them are started anew whenever there are `changes`.

    Each process is a session of its own and holds the reading end of a pipe whose other end is ours alone, so that all
    of them learn of our death. Returns when they have ended.
    """
    with lifeline() as parent_fd:
        children = [Child(role, environment, parent_fd=parent_fd, say=say) for role in roles]
        try:
            while not signals.is_stop_asked():
                pause = min([child.tend() for child in children], default=1.0)
                signals.wait(pause if changes is None else min(pause, RELOAD_LOOK_SECONDS))
                if changes and changes.take():
                    _reload(children, signals, say)
            say("Stopping")
        finally:
            for child in reversed(children):
                child.stop(signals, grace)


def _reload(children: Sequence[Child], signals: Signals, say: Callable[[str], None]) -> None:
    say("Code changed; starting anew")
    for child in reversed(children):
        child.stop(signals, GRACE_SECONDS)
        child.forgive()


@contextmanager
def kept_alive(server: EmbeddedServer, say: Callable[[str], None]) -> Iterator[None]:
    """Start the server again whenever it dies while the context lasts; its clients reconnect by themselves."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(server, ended, say), name="postgres-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep(server: EmbeddedServer, ended: threading.Event, say: Callable[[str], None]) -> None:
    while not ended.wait(DATABASE_LOOK_SECONDS):
        if server.pid is not None:
            continue
        say("PostgreSQL ended; starting it again")
        try:
            server.start(give_up=ended.is_set)
        except HeadraceError as error:
            say(str(error))
            ended.wait(DATABASE_PAUSE_SECONDS)
