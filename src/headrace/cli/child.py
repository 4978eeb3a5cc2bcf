"""One supervised process: started, started again with growing pauses when it ends, stopped in time."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from headrace.cli.signals import Signals
from headrace.ids import new_id

STABLE_SECONDS = 60.0
"""A process that lived so long counts as healthy: when it ends, the pauses begin anew."""
PAUSE_MAX_SECONDS = 30.0


def _nothing(_: UUID) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Role:
    """What a process is for: `command` takes the id of a new process, `after_death` that of a dead one.

    `--parent-fd N` is added to the command. `after_death` runs in a thread of its own and may take its time.
    """

    name: str
    command: Callable[[UUID], Sequence[str]]
    after_death: Callable[[UUID], None] = _nothing


def pause_before(failures: int) -> float:
    """Return the seconds to wait before a new start, after so many short lives in a row: 0, 1, 2, 4 … 30."""
    return 0.0 if failures <= 1 else min(PAUSE_MAX_SECONDS, 2.0 ** min(failures - 2, 10))


class Child:
    """The process that fills a role now."""

    def __init__(
        self, role: Role, environment: Mapping[str, str], *, parent_fd: int, say: Callable[[str], None]
    ) -> None:
        """Start nothing yet: `tend` does. `parent_fd` is the reading end of a pipe that ends when we do."""
        self.role = role
        self._environment = environment
        self._parent_fd = parent_fd
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._id = new_id()
        self._started = self._due = 0.0
        self._failures = 0

    def tend(self) -> float:
        """Start the process if it is due, note its end if it ended, and say in how many seconds to come back."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._bury(self._process.returncode, now)
        if self._process is None and now >= self._due:
            self._start(now)
        return STABLE_SECONDS if self._process else self._due - now

    def stop(self, signals: Signals, grace: float) -> None:
        """Ask the process to end and wait; kill it and its own children after `grace` seconds, or when hurried."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        deadline = time.monotonic() + grace
        while process.poll() is None:
            if signals.is_hurry_asked() or time.monotonic() >= deadline:
                self._say(f"{self.role.name} did not stop in time; killing it")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            signals.wait(0.2)
        if process.returncode != 0:
            self._mourn().join(timeout=5)
        self._process = None

    def forgive(self) -> None:
        """Forget earlier failures: the next start is due now."""
        self._failures, self._due = 0, 0.0

    def _start(self, now: float) -> None:
        self._id, self._started = new_id(), now
        try:
            self._process = subprocess.Popen(
                [*self.role.command(self._id), "--parent-fd", str(self._parent_fd)],
                stdin=subprocess.DEVNULL,
                env=dict(self._environment),
                pass_fds=(self._parent_fd,),
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops its children in order
            )
        except OSError as error:  # no memory or processes left on the machine: that may pass
            self._start_later(f"can't be started ({error.strerror})", now)

    def _bury(self, code: int, now: float) -> None:
        self._process = None
        if now - self._started >= STABLE_SECONDS:
            self._failures = 0
        self._start_later(_how(code), now)
        self._mourn()

    def _start_later(self, why: str, now: float) -> None:
        self._failures += 1
        pause = pause_before(self._failures)
        self._due = now + pause
        self._say(f"{self.role.name} {why}; starting it again {f'in {pause:.0f} s' if pause else 'now'}")

    def _mourn(self) -> threading.Thread:
        mourner = threading.Thread(target=self.role.after_death, args=(self._id,), daemon=True)
        mourner.start()
        return mourner


def _how(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
