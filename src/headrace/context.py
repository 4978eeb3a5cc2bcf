"""What a task is given: `Job` for async functions, `SyncJob` with the same methods, blocking, for the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError as FutureCancelled
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, cast, overload

from headrace.jobs import parking
from headrace.jobs.callback import SyncWait, Wait
from headrace.jobs.calling import Calling, SyncCalling
from headrace.jobs.reporter import Reporter
from headrace.jobs.run import Run
from headrace.jobs.stepping import run_step, run_transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    from headrace.ai.ai import Ai, SyncAi
    from headrace.ai.run import Asker
    from headrace.db.connect import Database
    from headrace.jobs.wait import OpenedWait

T = TypeVar("T")
D = TypeVar("D")
Ts = TypeVarTuple("Ts")


class Job(Reporter, Calling):
    """The running job, as an async task sees it."""

    def __init__(self, run: Run, asker: Asker) -> None:
        """Wrap a run."""
        super().__init__(run)
        self._asker = asker

    @property
    def database(self) -> Database:
        """The worker's own connections; for your own tables use `transaction`."""
        return self._run.database

    @cached_property
    def ai(self) -> Ai:
        """Calls to AI models, each a stored step."""
        from headrace.ai.ai import Ai

        return Ai(self, self._asker)

    @overload
    async def step(
        self, name: str, fn: Callable[[*Ts], Awaitable[T]], *args: *Ts, key: str | None = ..., returns: object = ...
    ) -> T: ...
    @overload
    async def step(
        self, name: str, fn: Callable[[*Ts], T], *args: *Ts, key: str | None = ..., returns: object = ...
    ) -> T: ...
    async def step(
        self, name: str, fn: Callable[..., object], *args: object, key: str | None = None, returns: object = None
    ) -> object:
        """Run `fn(*args)` and store what it returns; once stored, later runs get the stored value instead.

        The value comes back decoded from its JSON as the return annotation (or `returns`) says. A plain function runs in
        a thread. A second call with the same name is `name#2`, by call order; in loops and gathers give each its `key`.
        Raises `StepChanged` if the stored step had other arguments, `NotStorable` if JSON can't hold the value.
        """
        return await run_step(self._run, self._call(name, fn, key, returns, args), fn, args)

    async def transaction(
        self,
        name: str,
        fn: Callable[[AsyncSession, *Ts], Awaitable[T]],
        *args: *Ts,
        key: str | None = None,
        returns: object = None,
    ) -> T:
        """Run `fn(session, *args)` in a database transaction that also stores the step: both happen, or neither.

        Use it wherever a task writes its own tables: the rows are written exactly once, whenever the worker dies.
        """
        call = self._call(name, fn, key, returns, args)
        return cast("T", await run_transaction(self._run, call, fn, args))

    async def sleep(
        self, duration: timedelta | None = None, *, until: datetime | None = None, name: str = "sleep"
    ) -> None:
        """Park the job for a while, or until a time: no worker and no memory is held meanwhile.

        It runs again from its start then, and finished steps answer from storage.
        """
        await parking.sleep(self._run, name, duration, until)

    async def park(self, wait: OpenedWait) -> None:
        """Open a wait of the platform's own and park on it, as `job.ai` does where a budget is spent."""
        await parking.park_on(self._run, wait)

    @overload
    async def wait_for(self, name: str, kind: type[T], *, timeout: timedelta | None = ...) -> T: ...
    @overload
    async def wait_for(self, name: str, kind: type[T], *, timeout: timedelta, default: D) -> T | D: ...
    async def wait_for(
        self, name: str, kind: type[T], *, timeout: timedelta | None = None, default: object = ...
    ) -> object:
        """Park the job until somebody answers with a value of the type `kind` (any that pydantic takes).

        When nobody did within `timeout`, returns `default`, or raises `WaitExpired` if none is given.
        """
        return await parking.wait_for(self._run, name, kind, timeout, default=default)

    async def open_wait(self, name: str, kind: type[T], *, timeout: timedelta | None = None) -> Wait[T]:
        """Open a wait without parking yet: hand out its `url`, then `await` it as `wait_for` does.

        Whoever posts JSON of the type `kind` to the URL answers it. An answer that comes before the job parks is kept.
        """
        call, url = await parking.open_address(self._run, name, kind, timeout)
        return Wait(self._run, call, url)


class SyncJob(Reporter, SyncCalling):
    """The running job, as a plain function sees it in its thread; the methods block."""

    def __init__(self, run: Run, asker: Asker, loop: asyncio.AbstractEventLoop) -> None:
        """Wrap a run whose worker turns `loop`."""
        super().__init__(run)
        self._loop = loop
        self._job = Job(run, asker)

    @cached_property
    def ai(self) -> SyncAi:
        """Calls to AI models, each a stored step."""
        from headrace.ai.ai import SyncAi

        return SyncAi(self._job.ai, self._wait)

    def step(self, name: str, fn: Callable[[*Ts], T], *args: *Ts, key: str | None = None, returns: object = None) -> T:
        """Run `fn(*args)` in this thread and store what it returns; see `Job.step`."""
        call = self._call(name, fn, key, returns, args)
        self._run.halt.check()
        if call.stored is not None:
            return cast("T", call.decode(call.stored.result))
        with self._run.in_step(call.name):
            value = fn(*args)
            return cast("T", self._wait(self._run.store(call, value)))

    def transaction(
        self,
        name: str,
        fn: Callable[[Session, *Ts], T],
        *args: *Ts,
        key: str | None = None,
        returns: object = None,
    ) -> T:
        """Run `fn(session, *args)` in a database transaction that also stores the step; see `Job.transaction`."""
        call = self._call(name, fn, key, returns, args)

        async def work(session: AsyncSession, *args: *Ts) -> T:
            return await session.run_sync(lambda inner: fn(inner, *args))

        return cast("T", self._wait(run_transaction(self._run, call, work, args)))

    def sleep(self, duration: timedelta | None = None, *, until: datetime | None = None, name: str = "sleep") -> None:
        """Park the job for a while, or until a time; see `Job.sleep`."""
        self._wait(self._job.sleep(duration, until=until, name=name))

    @overload
    def wait_for(self, name: str, kind: type[T], *, timeout: timedelta | None = ...) -> T: ...
    @overload
    def wait_for(self, name: str, kind: type[T], *, timeout: timedelta, default: D) -> T | D: ...
    def wait_for(self, name: str, kind: type[T], *, timeout: timedelta | None = None, default: object = ...) -> object:
        """Park the job until somebody answers with a value of the type `kind`; see `Job.wait_for`."""
        return self._wait(parking.wait_for(self._run, name, kind, timeout, default=default))

    def open_wait(self, name: str, kind: type[T], *, timeout: timedelta | None = None) -> SyncWait[T]:
        """Open a wait without parking yet; see `Job.open_wait`."""
        return SyncWait(self._wait(self._job.open_wait(name, kind, timeout=timeout)), self._wait)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        with self._run.halt.waiting_for(future):
            try:
                return future.result()
            except FutureCancelled:
                self._run.halt.check()
                raise
