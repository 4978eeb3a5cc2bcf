"""The postmaster as a process: which one serves a data folder, whether it lives, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

STOP_SECONDS = 60.0
ABORT_SECONDS = 6.0
"""The postmaster itself gives its processes five seconds before it kills them."""
PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Noted:
    """What `postmaster.pid` says; the process may be long gone and its number another's."""

    pid: int
    socket_folder: Path | None


def noted(pgdata: Path) -> Noted | None:
    """Read `postmaster.pid`; `None` when there is none, or it is not written yet.

    Lines: pid, data folder, start time, port, socket folder (empty until the server listens), … (pidfile.h).
    """
    try:
        lines = (pgdata / "postmaster.pid").read_text("utf-8", "surrogateescape").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    folder = lines[4].strip() if len(lines) > 4 else ""
    return Noted(pid, Path(folder) if folder else None)


def is_postmaster(pid: int, pgdata: Path) -> bool:
    """Whether the process is a living PostgreSQL that works in `pgdata`, and not a later owner of the same number."""
    if sys.platform != "linux":
        return _is_shown_as_postmaster(pid, pgdata)
    process = Path("/proc", str(pid))
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        # the folder it works in says it best, but root of a container may not see that of another account's process
        named = (b"-D", os.fsencode(pgdata)) in pairwise(words)
        return (process / "comm").read_text() == "postgres\n" and (named or (process / "cwd").readlink() == pgdata)
    except OSError:  # gone, a zombie, or not ours to look at
        return False


def end(pid: int, is_gone: Callable[[], bool], hurry: Callable[[], bool]) -> None:
    """End a postmaster and wait: open transactions are rolled back and a checkpoint is written (fast shutdown).

    After a minute, or as soon as `hurry()` says so, it ends without the checkpoint (recovery at the next start loses
    nothing that was committed), and is killed if even that hangs.
    """
    for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, ABORT_SECONDS), (signal.SIGKILL, 5.0)):
        if is_gone():
            return
        _send(pid, number)
        _wait(is_gone, patience, hurry if number == signal.SIGINT else _never)


def _is_shown_as_postmaster(pid: int, pgdata: Path) -> bool:
    command = ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return not shown.startswith("Z") and f"-D {pgdata}" in shown


def _wait(is_gone: Callable[[], bool], seconds: float, hurry: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not is_gone() and time.monotonic() < deadline and not hurry():
        time.sleep(PAUSE_SECONDS)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _never() -> bool:
    return False
