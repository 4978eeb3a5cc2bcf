"""A wait whose address the code has before it parks: to be sent to whoever is to answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from headrace.jobs.parking import answer_to
from headrace.jobs.run import Run
from headrace.jobs.step import StepCall

T = TypeVar("T")


class Wait(Generic[T]):
    """A wait that is open: `url` answers it, `await` parks until somebody did."""

    def __init__(self, run: Run, call: StepCall, url: str) -> None:
        """Wrap what was opened."""
        self.url = url
        self._run = run
        self._call = call

    def __await__(self) -> Generator[Any, None, T]:
        """Park until there is an answer; raises `WaitExpired`."""
        return answer_to(self._run, self._call).__await__()


class SyncWait(Generic[T]):
    """A wait that is open: `url` answers it, `result` parks until somebody did."""

    def __init__(self, wait: Wait[T], block: Callable[[Coroutine[Any, Any, T]], T]) -> None:
        """Wrap a wait; `block` runs it on the worker's event loop."""
        self.url = wait.url
        self._wait = wait
        self._block = block

    def result(self) -> T:
        """Park until there is an answer; raises `WaitExpired`."""

        async def answer() -> T:
            return await self._wait

        return self._block(answer())
