"""The wish that a worker process stops: its event loop waits for it, and its keeper sees it though the loop is blocked."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress


class Stop:
    """Asked for once, from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell a loop when it is asked for."""
        self._loop = loop
        self._heard = asyncio.Event()
        self._asked_at: float | None = None

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked_at is not None

    def ask(self) -> None:
        """Ask; again changes nothing."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
        with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            self._loop.call_soon_threadsafe(self._heard.set)

    def age(self) -> float:
        """Return how many seconds ago it was asked for, 0 if it was not."""
        return 0.0 if self._asked_at is None else time.monotonic() - self._asked_at

    async def wait(self) -> None:
        """Return when the loop has heard of it."""
        await self._heard.wait()
