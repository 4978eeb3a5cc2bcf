"""The child processes of one worker: as many as jobs need up to a limit, kept warm for a while, ended with it."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from headrace.jobs.halt import Unwind
from headrace.jobs.task import Task
from headrace.worker.child import Child, Kind
from headrace.worker.wire import Unwinds

IDLE_MAX = 60.0
ENDING_MAX = 5.0


class Children:
    """Lends processes to runs, at most `most` at a time; nothing is started before the first is needed."""

    def __init__(self, most: int | None, targets_of: Callable[[Task[Any, Any]], Sequence[str]]) -> None:
        """Allow one process a CPU if `most` is not given; `targets_of` says what a process imports for a task."""
        self.most = most or _cpus()
        self._targets_of = targets_of
        self._lent = 0
        self._busy: set[Child] = set()
        self._idle: dict[Child, asyncio.TimerHandle] = {}
        self._started: set[Child] = set()
        self._queue: deque[asyncio.Future[bool]] = deque()
        self._is_stopping = False

    @asynccontextmanager
    async def lend(self, task: Task[Any, Any]) -> AsyncIterator[Child]:
        """Wait for a free process that has imported the task, and take it back afterwards, or kill it if it isn't fit.

        Raises `Unwind` when the worker stops meanwhile, `ProcessDied` when none can be started.
        """
        await self._wait_for_room()
        try:
            kind = Kind(tuple(self._targets_of(task)), task.memory_mib)
            child = self._warm(kind) or await self._start(kind)
            if self._is_stopping:
                child.kill()
                raise Unwind("stop")
            self._busy.add(child)
            try:
                yield child
            finally:
                self._busy.discard(child)
                self._take_back(child)
        finally:
            self._make_room()

    def stop_softly(self) -> None:
        """Have every job unwind at its next step boundary, and those that wait for a process at once."""
        self._is_stopping = True
        for turn in self._queue:
            if not turn.done():
                turn.set_result(False)
        for child in self._busy:
            child.send(Unwinds(None))

    async def close(self) -> None:
        """Kill all processes and wait until they have ended."""
        for timer in self._idle.values():
            timer.cancel()
        self._idle.clear()
        for child in self._started:
            child.kill()
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_MAX):
                for child in self._started:
                    await child.ended.wait()

    async def _wait_for_room(self) -> None:
        if self._is_stopping:
            raise Unwind("stop")
        if self._lent < self.most:
            self._lent += 1
            return
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            has_room = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._make_room()
            raise
        if not has_room:
            raise Unwind("stop")

    def _make_room(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._lent -= 1

    def _warm(self, kind: Kind) -> Child | None:
        for child in [child for child in reversed(self._idle) if child.kind == kind]:
            self._idle.pop(child).cancel()
            if child.is_alive:
                return child
        return None

    async def _start(self, kind: Kind) -> Child:
        while self._idle and len(self._idle) + self._lent > self.most:
            self._retire(next(iter(self._idle)))
        self._started = {child for child in self._started if not child.ended.is_set()}
        child = Child(kind)
        self._started.add(child)
        await child.start()
        return child

    def _take_back(self, child: Child) -> None:
        if child.is_fit and child.is_alive and not self._is_stopping:
            self._idle[child] = asyncio.get_running_loop().call_later(IDLE_MAX, self._retire, child)
        else:
            child.kill()

    def _retire(self, child: Child) -> None:
        timer = self._idle.pop(child, None)
        if timer is not None:
            timer.cancel()
        child.kill()


def _cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
