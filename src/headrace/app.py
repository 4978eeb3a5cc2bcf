"""An app: tasks, and optionally routes, pages and tables of its own, under one name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar, overload

from headrace.context import Job, SyncJob
from headrace.db.migrate import Migrations
from headrace.jobs.backoff import Retry
from headrace.jobs.task import Executor, Task

In = TypeVar("In")
Out = TypeVar("Out")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TIMEOUT = timedelta(minutes=10)
DEFAULT_RETRY = Retry()


class Decorator(Protocol):
    """What `@app.task(...)` returns: it turns a function into a `Task` of the function's own types."""

    @overload
    def __call__(self, function: Callable[[Job], Awaitable[Out]], /) -> Task[None, Out]: ...
    @overload
    def __call__(self, function: Callable[[Job, In], Awaitable[Out]], /) -> Task[In, Out]: ...
    @overload
    def __call__(self, function: Callable[[SyncJob], Out], /) -> Task[None, Out]: ...
    @overload
    def __call__(self, function: Callable[[SyncJob, In], Out], /) -> Task[In, Out]: ...


class App:
    """A named set of tasks; `headrace up my_app.py` serves every `App` it finds in the file.

    `router` and `pages` are import strings (`"my_app.api:router"`) of FastAPI routers, loaded by the web process alone:
    `router` answers under `/api/v1/<name>`, `pages` at the root. `migrations` is a folder of Alembic versions that own the
    PostgreSQL schema `<name>`.
    """

    def __init__(
        self, name: str, *, router: str | None = None, pages: str | None = None, migrations: Path | None = None
    ) -> None:
        """Refuse a name that can't be a schema and a path: lower case, digits and underscores, at most 40."""
        if not _NAME.fullmatch(name) or name == "headrace":
            raise ValueError(f"An app's name is lower case letters, digits and underscores, not {name!r}")
        self.name = name
        self.router = router
        self.pages = pages
        self.migrations = Migrations(name, migrations) if migrations else None
        self.tasks: dict[str, Task[Any, Any]] = {}

    @overload
    def task(self, function: Callable[[Job], Awaitable[Out]], /) -> Task[None, Out]: ...
    @overload
    def task(self, function: Callable[[Job, In], Awaitable[Out]], /) -> Task[In, Out]: ...
    @overload
    def task(self, function: Callable[[SyncJob], Out], /) -> Task[None, Out]: ...
    @overload
    def task(self, function: Callable[[SyncJob, In], Out], /) -> Task[In, Out]: ...
    @overload
    def task(
        self,
        function: None = None,
        /,
        *,
        name: str | None = ...,
        queue: str | None = ...,
        retry: Retry = ...,
        timeout: timedelta = ...,
        executor: str | None = ...,
        priority: int = ...,
    ) -> Decorator: ...
    def task(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        name: str | None = None,
        queue: str | None = None,
        retry: Retry = DEFAULT_RETRY,
        timeout: timedelta = TIMEOUT,
        executor: str | None = None,
        priority: int = 0,
    ) -> object:
        """Register a function as the task `<app>.<function>`; an async one gets a `Job`, a plain one a `SyncJob`.

        The second parameter's annotation is the input type, the return annotation the result type (anything pydantic
        takes). `queue` is the app's name unless given; `timeout` bounds one run. Raises `ValueError` for a name taken twice
        or rules that contradict the function.
        """

        def register(function: Callable[..., Any]) -> Task[Any, Any]:
            full_name = f"{self.name}.{name or function.__name__}"
            self._check(full_name, function, executor)
            task: Task[Any, Any] = Task(
                name=full_name,
                function=function,
                queue=queue or self.name,
                retry=retry,
                timeout=timeout,
                executor=_executor_of(function),
                priority=priority,
            )
            self.tasks[full_name] = task
            return task

        return register if function is None else register(function)

    def _check(self, name: str, function: Callable[..., Any], executor: str | None) -> None:
        if name in self.tasks:
            raise ValueError(f"Two tasks are called {name}; rename one")
        if not 1 <= len(inspect.signature(function).parameters) <= 2:
            raise ValueError(f"Task {name} takes the job and at most one input; put several values in a model")
        if executor not in (None, _executor_of(function)):
            raise ValueError(f"Task {name}: async functions run on the executor 'async', plain ones on 'thread'")


def _executor_of(function: Callable[..., Any]) -> Executor:
    return Executor.ASYNC if inspect.iscoroutinefunction(function) else Executor.THREAD
