"""How a run is brought to an end from outside: softly, at its next step boundary, or now."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NoReturn
from uuid import UUID

# How often the event loop turns before a run parks: enough for code that an answer has set going to begin its next step.
PARKING_TURNS = 10

_lock = threading.Lock()
"""For all runs: it is held for an instant."""


class Unwind(BaseException):
    """Ends a run at a step boundary so that it can go on elsewhere; user code should let it pass."""


class Parked(Unwind):
    """Ends a run that waits for something; its job goes on, from the start, when that is there."""


class Halt:
    """Whether a run has to end; asked by its code at every `job.*` call, from its task or its thread.

    `reason` is `user`, `timeout`, `lease` or `stop` once the run has to end now.
    """

    # at first the run may go on
    reason: str | None = None
    parked_on: frozenset[UUID] = frozenset()
    is_parked = False
    _is_soft = False
    _steps = 0
    _idle: asyncio.Event | None = None
    _waiting: frozenset[Future[Any]] = frozenset()

    def softly(self) -> None:
        """Make the run unwind at its next step boundary."""
        self._is_soft = True

    def now(self, reason: str) -> None:
        """Make every further `job.*` call raise, and the one that a thread waits in; the first reason stays."""
        self.reason = self.reason or reason
        for future in self._waiting:
            future.cancel()

    def check(self) -> None:
        """Raise `Unwind` if the run has to end and may end here."""
        if self.is_parked and self.reason is None:
            raise Parked
        if self.reason is not None or (self._is_soft and self._steps == 0):
            raise Unwind(self.reason or "stop")

    async def boundary(self) -> None:
        """End here if the run has to; a soft stop waits until the steps in flight are stored."""
        while self._is_soft and self.reason is None and self._steps:
            await self._until_idle()
        self.check()

    async def park(self, wait: UUID) -> NoReturn:
        """End the run here until this wait, or another that it is parked on, is settled.

        Not before the steps in flight are stored, and what goes on beside this had its turns to begin another.
        """
        self.parked_on |= {wait}
        turns = 0
        while turns < PARKING_TURNS and self.reason is None and not self.is_parked:
            if self._steps:
                turns = 0
                await self._until_idle()
            else:
                turns += 1
                await asyncio.sleep(0)
        self.is_parked = self.reason is None
        self.check()
        raise AssertionError("a parked run always unwinds")

    async def _until_idle(self) -> None:
        with _lock:
            if self._idle is None or self._idle.is_set():  # several branches of a run may wait for the same
                self._idle = asyncio.Event()
                self._loop = asyncio.get_running_loop()
            idle = self._idle
            if not self._steps:
                return
        await idle.wait()

    def begin_step(self) -> None:
        """Hold a soft stop off: a step is in flight."""
        with _lock:
            self._steps += 1

    def end_step(self) -> None:
        """Let a soft stop go on once no step is in flight."""
        with _lock:
            self._steps -= 1
            if self._steps == 0 and self._idle is not None:
                self._loop.call_soon_threadsafe(self._idle.set)

    @contextmanager
    def waiting_for(self, future: Future[Any]) -> Iterator[None]:
        """Cancel what the run's thread waits for when the run has to end now."""
        with _lock:
            self._waiting |= {future}
        if self.reason is not None:
            future.cancel()
        try:
            yield
        finally:
            with _lock:
                self._waiting -= {future}
