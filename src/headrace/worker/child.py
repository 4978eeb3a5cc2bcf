"""One child process, seen from its worker: spawned, spoken to without ever blocking the event loop, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from headrace.errors import ProcessDied
from headrace.log import get_logger
from headrace.worker.wire import Frames, Load, Loaded, Order, Report, pack

log = get_logger(__name__)

LOADING_MAX = 60.0
REPORT_MAX = 16 * 1024 * 1024
DRAINING = 0.5
"""What a dead process still said is read for so long: its own children may keep the pipe open."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which jobs can share a process: those of tasks that it imports from the same place, with the same memory limit."""

    targets: tuple[str, ...]
    memory_mib: int | None


class Child:
    """A process that runs one job at a time; `receive` raises `ProcessDied` once it has ended.

    It leads a process group, which is killed as a whole: what a job started ends with it.
    """

    def __init__(self, kind: Kind) -> None:
        """Say what the process is for."""
        self.kind = kind
        self.ended = asyncio.Event()
        self.is_fit = False
        """Whether it waits for a job; a process that is given back otherwise is killed."""
        self._loop = asyncio.get_running_loop()
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: asyncio.WriteTransport | None = None
        self._lifeline = -1
        self._incoming: asyncio.ReadTransport | None = None
        self._lock = threading.Lock()
        self._was_killed = self._is_silent = self._has_ended = False

    async def start(self) -> None:
        """Spawn the process and have it import the tasks; raises `ProcessDied` with what went wrong."""
        try:
            await self._spawn()
            self.send(Load(list(self.kind.targets), [path or str(Path.cwd()) for path in sys.path]))
            async with asyncio.timeout(LOADING_MAX):
                loaded = await self.receive()
        except OSError as error:  # which TimeoutError is too
            self.kill()
            why = f"it did not import {self.kind.targets[0]} in {LOADING_MAX:g} s"
            why = why if isinstance(error, TimeoutError) else str(error.strerror)
            raise ProcessDied(f"The process for the job could not be started: {why}") from None
        except BaseException:
            self.kill()
            raise
        if not isinstance(loaded, Loaded) or loaded.problem:
            self.kill()
            raise ProcessDied(
                f"The process for the job could not import its task: {getattr(loaded, 'problem', loaded)}"
            )
        self.is_fit = True

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet, as far as is known."""
        return self._process is not None and self._process.returncode is None and not self._was_killed

    def send(self, order: Order) -> None:
        """Say something; what a dead process would have heard is dropped."""
        if self._orders is not None and not self._orders.is_closing():
            self._orders.write(pack(order))

    async def receive(self) -> Report:
        """Return what it says next; may be cancelled without losing a word."""
        report = await self._reports.get()
        if report is None:
            self._reports.put_nowait(None)
            raise ProcessDied(f"The job's process {self._how_it_ended()}")
        return report

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        self.is_fit = False
        if self._process is None:
            self.ended.set()
            return
        with self._lock, suppress(ProcessLookupError, PermissionError):
            if self._process.returncode is None:
                self._was_killed = True
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _spawn(self) -> None:
        with ExitStack() as theirs, ExitStack() as ours:
            orders, orders_in = _pipe(theirs, ours)
            lifeline, self._lifeline = _pipe(theirs, ours)
            reports_out, reports = _pipe(ours, theirs)
            fds = (orders, reports, lifeline)
            self._process = subprocess.Popen(  # noqa: ASYNC220 - a few milliseconds
                [sys.executable, "-m", "headrace.worker.child_program", *map(str, fds)],
                stdin=subprocess.DEVNULL,
                pass_fds=fds,
                start_new_session=True,
            )
            ours.pop_all()
        threading.Thread(target=self._watch, args=(self._process,), name="headrace-child", daemon=True).start()
        self._orders, _ = await self._loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(orders_in, "wb", 0))
        self._incoming, _ = await self._loop.connect_read_pipe(
            lambda: _Incoming(self._reports, self.kill, self._note_silence), os.fdopen(reports_out, "rb", 0)
        )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        # In a thread: no event loop of ours has to reap processes. Its group is killed while the dead leader still
        # holds the group's number.
        if hasattr(os, "waitid"):
            with suppress(ChildProcessError):  # somebody else's wait() took it
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
                with self._lock, suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            self._loop.call_soon_threadsafe(self._note_end)

    def _note_end(self) -> None:
        self.is_fit = False
        self._has_ended = True
        os.close(self._lifeline)
        if self._orders is not None and not self._orders.is_closing():
            self._orders.abort()
        if self._was_killed or self._is_silent:
            self._close()
        else:
            self._loop.call_later(DRAINING, self._close)

    def _note_silence(self) -> None:
        self._is_silent = True
        if self._has_ended:
            self._close()
        else:  # it is about to end, or its code has closed our pipe
            self._loop.call_later(DRAINING, self.kill)

    def _close(self) -> None:
        if self._incoming is not None:
            self._incoming.close()
        self._reports.put_nowait(None)
        self.ended.set()

    def _how_it_ended(self) -> str:
        code = 0 if self._process is None else self._process.returncode
        if self._was_killed:
            return "was ended by its worker"
        if code >= 0:
            return f"ended by itself with code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        more = "; the system sends that when memory runs out" if -code == signal.SIGKILL else ""
        return f"was killed by {name}{more}"


def _pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Make a pipe whose ends are closed with whom they belong to."""
    read, write = os.pipe()
    reader.callback(os.close, read)
    writer.callback(os.close, write)
    return read, write


class _Incoming(asyncio.Protocol):
    """Puts what the child says into a queue; calls `kill` when that is no message, `silent` when it says no more."""

    def __init__(
        self, reports: asyncio.Queue[Report | None], kill: Callable[[], None], silent: Callable[[], None]
    ) -> None:
        self._reports = reports
        self._kill = kill
        self._silent = silent
        self._frames: Frames[Report] = Frames(Report, most=REPORT_MAX)

    def data_received(self, data: bytes) -> None:
        try:
            for report in self._frames.feed(data):
                self._reports.put_nowait(report)
        except ValueError as error:  # msgspec's errors are of that kind
            log.warning("process.spoke_nonsense", error=str(error))
            self._kill()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._silent()
