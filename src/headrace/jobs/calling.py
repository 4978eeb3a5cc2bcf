"""`job.call` and `job.call_many`: other tasks as children, waited for without a worker."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any, Literal, Protocol, TypeVar, cast, overload

from headrace.jobs.child_errors import ChildFailed
from headrace.jobs.children import Manner, OnFailure, call_children
from headrace.jobs.run import Run
from headrace.jobs.task import Task

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")


class _Blocking(Protocol):
    def __call__(self, work: Coroutine[Any, Any, T]) -> T: ...


class Calling:
    """The calls of a run, for an async function."""

    _run: Run

    async def call(
        self,
        task: Task[In, Out],
        input: In = None,  # type: ignore[assignment]  # noqa: A002 - None stands for "takes no input", and `input` is the word of the API
        *,
        name: str | None = None,
        key: str | None = None,
    ) -> Out:
        """Submit a job of another task, park until it has ended, and return its result.

        The call is a step, named like the task unless `name` says otherwise; in loops and gathers give each its `key`.
        Raises `ChildFailed` if the child fails for good or is cancelled.
        """
        [result] = await call_children(self._run, task, [input], Manner(name=name, key=key))
        return cast("Out", result)

    @overload
    async def call_many(
        self,
        task: Task[In, Out],
        inputs: Iterable[In],
        *,
        concurrency: int | None = ...,
        on_failure: Literal["fail_fast"] = ...,
        name: str | None = ...,
        key: str | None = ...,
    ) -> list[Out]: ...
    @overload
    async def call_many(
        self,
        task: Task[In, Out],
        inputs: Iterable[In],
        *,
        concurrency: int | None = ...,
        on_failure: Literal["collect"],
        name: str | None = ...,
        key: str | None = ...,
    ) -> list[Out | ChildFailed]: ...
    async def call_many(
        self,
        task: Task[In, Out],
        inputs: Iterable[In],
        *,
        concurrency: int | None = None,
        on_failure: OnFailure = "fail_fast",
        name: str | None = None,
        key: str | None = None,
    ) -> list[Any]:
        """Submit a job for each input, up to 10,000, park until all have ended, and return the results in that order.

        At most `concurrency` of them run at once, over all workers. The first failure raises `ChildFailed` and cancels the
        others, unless `on_failure` is `collect`: then a `ChildFailed` stands in the place of each result that is missing.
        """
        manner = Manner(name=name, key=key, concurrency=concurrency, on_failure=on_failure)
        return await call_children(self._run, task, inputs, manner)


class SyncCalling:
    """The same calls for a plain function; they block its thread only until the job is parked."""

    _run: Run
    _wait: _Blocking

    def call(
        self,
        task: Task[In, Out],
        input: In = None,  # type: ignore[assignment]  # noqa: A002 - as in `Calling.call`
        *,
        name: str | None = None,
        key: str | None = None,
    ) -> Out:
        """Submit a job of another task, park until it has ended, and return its result; see `Job.call`."""
        [result] = self._wait(call_children(self._run, task, [input], Manner(name=name, key=key)))
        return cast("Out", result)

    def call_many(
        self,
        task: Task[In, Out],
        inputs: Iterable[In],
        *,
        concurrency: int | None = None,
        on_failure: OnFailure = "fail_fast",
        name: str | None = None,
        key: str | None = None,
    ) -> list[Any]:
        """Submit a job for each input, park until all have ended, and return the results; see `Job.call_many`."""
        manner = Manner(name=name, key=key, concurrency=concurrency, on_failure=on_failure)
        return self._wait(call_children(self._run, task, inputs, manner))
