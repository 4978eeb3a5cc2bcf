"""The pipe between `headrace up` and its children, by which they learn of its death, however it died."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def lifeline() -> Iterator[int]:
    """Yield the end of a pipe for children to read from; the other end is ours alone, nothing is ever written to it."""
    read, write = os.pipe()
    try:
        yield read
    finally:
        os.close(read)
        os.close(write)


def stop_at_eof(fd: int, stop: Callable[[], None], *, grace: float | None = None) -> None:
    """In a child: call `stop` from a thread when the pipe `fd` ends, as it does when the supervisor is gone.

    `stop` should do what SIGTERM does. With `grace`, a process that has not ended so many seconds later ends hard,
    since nobody is left to kill it.
    """
    os.set_inheritable(fd, False)  # noqa: FBT003 - the library's signature
    threading.Thread(target=_watch, args=(fd, stop, grace), name="lifeline", daemon=True).start()


def _watch(fd: int, stop: Callable[[], None], grace: float | None) -> None:
    os.read(fd, 1)
    if grace is not None:
        last_resort = threading.Timer(grace, os._exit, args=(1,))
        last_resort.daemon = True
        last_resort.start()
    stop()
