"""Signals as something to wait for: asked to stop once, asked twice, or a child that ended; or as calls in a thread."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Counts requests to stop and wakes the one who waits; to be used by the main thread, as a context.

    The handlers do nothing but count: every other thing is done where `wait` returns. Python writes a byte to a pipe
    for every signal, so none that comes just before `wait` is missed.
    """

    def __init__(self) -> None:
        """Leave the process's signals alone until the context is entered."""
        self.stops = 0
        """How often SIGTERM, SIGINT or SIGHUP (terminal closed) came."""
        self._before: dict[signal.Signals, Handler] = {}

    def __enter__(self) -> Self:
        """Take the signals over."""
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup ignores it on purpose
                self._before[number] = signal.signal(number, self._count)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _ignore)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        os.close(self._read)
        os.close(self._write)

    def is_stop_asked(self) -> bool:
        """Whether we were asked to stop."""
        return self.stops > 0

    def is_hurry_asked(self) -> bool:
        """Whether we were asked again, and should no longer wait for anything."""
        return self.stops > 1

    def wait(self, seconds: float) -> None:
        """Return at the next signal, or after so many seconds."""
        if select.select([self._read], [], [], max(0.0, seconds))[0]:
            os.read(self._read, 4096)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1


@contextmanager
def heard_apart(numbers: Collection[int], heard: Callable[[], None]) -> Iterator[None]:
    """Call `heard` from a thread of its own at each of these signals, though code blocks the main thread.

    Python writes a byte for every signal to one descriptor, at once and in whatever thread the kernel chose. An event loop
    sets this descriptor to one of its own as it starts, so this is to be entered inside of the loop; the loop's own
    `add_signal_handler` does not work meanwhile. Code that never lets go of the interpreter's lock still delays the thread.
    """
    ear, mouth = socket.socketpair()
    mouth.settimeout(0)
    of_loop = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _ignore) for number in numbers}
    threading.Thread(target=_hear, args=(ear, numbers, heard), name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(of_loop)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        mouth.close()


def _hear(ear: socket.socket, numbers: Collection[int], heard: Callable[[], None]) -> None:
    with ear:
        while byte := ear.recv(1):
            if byte[0] in numbers:
                heard()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
