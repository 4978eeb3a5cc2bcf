"""An app: tasks, and optionally routes, pages and tables of its own, under one name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, TypeVar, Unpack, overload

from headrace.context import Job, SyncJob
from headrace.db.migrate import Migrations
from headrace.errors import InvalidInput
from headrace.jobs.backoff import Retry
from headrace.jobs.limits import Rate, check_per
from headrace.jobs.task import Executor, Task
from headrace.schedules.schedule import MISSED_LIMIT, Missed, Rule

In = TypeVar("In")
Out = TypeVar("Out")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TIMEOUT = timedelta(minutes=10)
DEFAULT_RETRY = Retry()
MEMORY_LEAST = 128
"""Less than a process with an app in it takes before it does anything."""


class Rules(TypedDict, total=False):
    """How a task's jobs run.

    `queue` is the app's name unless given, `timeout` bounds one run (10 minutes). `concurrency` bounds the task's jobs that
    are queued or running, for each value of `concurrency_per` (`owner` or `input.<field>`) if that is given; `rate` spaces
    their starts, for each value of `rate_per`.
    """

    name: str | None
    queue: str | None
    retry: Retry
    timeout: timedelta
    executor: str | None
    memory_mib: int | None
    priority: int
    concurrency: int | None
    concurrency_per: str | None
    rate: Rate | None
    rate_per: str | None


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


class ScheduleDecorator(Protocol):
    """What `@app.schedule(...)` returns: it takes a task, or a function that it makes one of, and returns the task."""

    @overload
    def __call__(self, task: Task[In, Out], /) -> Task[In, Out]: ...  # type: ignore[overload-overlap]  # a task can be called too
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
    `router` answers under `/api/v1/<name>` to who may read (or, to change something, write) jobs, `pages` at the root to
    anybody. `migrations` is a folder of Alembic versions that own the PostgreSQL schema `<name>`. `demo` is the import
    string of a function that tells the app's part of the week which `headrace demo` makes (`headrace.demo`).
    """

    def __init__(
        self,
        name: str,
        *,
        router: str | None = None,
        pages: str | None = None,
        migrations: Path | None = None,
        demo: str | None = None,
    ) -> None:
        """Refuse a name that can't be a schema and a path: lower case, digits and underscores, at most 40."""
        if not _NAME.fullmatch(name) or name == "headrace":
            raise ValueError(f"An app's name is lower case letters, digits and underscores, not {name!r}")
        self.name = name
        self.router = router
        self.pages = pages
        self.demo = demo
        self.migrations = Migrations(name, migrations) if migrations else None
        self.tasks: dict[str, Task[Any, Any]] = {}
        self.schedules: dict[str, Rule] = {}
        self.source: str | None = None
        """The file or module it was loaded from, by which another process finds it; `load_apps` notes it."""

    @overload
    def task(self, function: Callable[[Job], Awaitable[Out]], /) -> Task[None, Out]: ...
    @overload
    def task(self, function: Callable[[Job, In], Awaitable[Out]], /) -> Task[In, Out]: ...
    @overload
    def task(self, function: Callable[[SyncJob], Out], /) -> Task[None, Out]: ...
    @overload
    def task(self, function: Callable[[SyncJob, In], Out], /) -> Task[In, Out]: ...
    @overload
    def task(self, function: None = None, /, **rules: Unpack[Rules]) -> Decorator: ...
    def task(self, function: Callable[..., Any] | None = None, /, **rules: Unpack[Rules]) -> object:
        """Register a function as the task `<app>.<function>`; an async one gets a `Job`, a plain one a `SyncJob`.

        The second parameter's annotation is the input type, the return annotation the result type (anything pydantic
        takes). The keywords are those of `Rules`. Raises `ValueError` for a name taken twice or rules that contradict the
        function.
        """

        def register(function: Callable[..., Any]) -> Task[Any, Any]:
            name = f"{self.name}.{rules.get('name') or function.__name__}"
            self._check(name, function)
            _check_names(rules)
            _check_limits(rules)
            task: Task[Any, Any] = Task(
                name=name,
                function=function,
                queue=rules.get("queue") or self.name,
                retry=rules.get("retry", DEFAULT_RETRY),
                timeout=rules.get("timeout", TIMEOUT),
                executor=_executor_of(name, function, rules.get("executor")),
                memory_mib=_memory_of(name, rules),
                priority=rules.get("priority", 0),
                concurrency=rules.get("concurrency"),
                concurrency_per=rules.get("concurrency_per"),
                rate=rules.get("rate"),
                rate_per=rules.get("rate_per"),
            )
            self.tasks[name] = task
            return task

        return register if function is None else register(function)

    def schedule(
        self,
        cron: str,
        /,
        *,
        timezone: str = "UTC",
        input: object = None,  # noqa: A002 - the word of the API
        missed: Literal["skip", "once", "all"] = "once",
        missed_limit: int = MISSED_LIMIT,
        name: str | None = None,
    ) -> ScheduleDecorator:
        """Submit a task's job whenever `cron` says so in `timezone`, once per planned time.

        Stands above `@app.task(...)`, or alone above a function that it then registers as a task. The schedule is called
        like the task unless `name` says otherwise. `missed` is what becomes of times that passed while no process ran:
        `skip`, `once` for all of them, or `all` of the newest `missed_limit`. Raises `ValueError`.
        """

        def register(function: Callable[..., Any] | Task[Any, Any]) -> Task[Any, Any]:
            task: Task[Any, Any] = function if isinstance(function, Task) else self.task(function)
            rule = Rule(
                name=f"{self.name}.{name}" if name else task.name,
                task=task.name,
                cron=cron,
                timezone=timezone,
                input=input,
                missed=Missed(missed),
                missed_limit=missed_limit,
                app=self.name,
            )
            self._add_schedule(rule, task)
            return task

        return register

    def _add_schedule(self, rule: Rule, task: Task[Any, Any]) -> None:
        if rule.name in self.schedules:
            raise ValueError(f"Two schedules are called {rule.name}; give one a `name`")
        if self.tasks.get(task.name) is not task:
            raise ValueError(f"Task {task.name} is not one of the app {self.name}; its own app schedules it")
        try:
            rule.check_form()
        except InvalidInput as error:
            raise ValueError(f"Schedule {rule.name}: {error}") from None
        self.schedules[rule.name] = rule

    def _check(self, name: str, function: Callable[..., Any]) -> None:
        if name in self.tasks:
            raise ValueError(f"Two tasks are called {name}; rename one")
        if not 1 <= len(inspect.signature(function).parameters) <= 2:
            raise ValueError(f"Task {name} takes the job and at most one input; put several values in a model")


def _executor_of(name: str, function: Callable[..., Any], wish: str | None) -> Executor:
    fit = (Executor.ASYNC,) if inspect.iscoroutinefunction(function) else (Executor.THREAD, Executor.PROCESS)
    if wish not in (None, *fit):
        raise ValueError(
            f"Task {name}: async functions run on the executor 'async', plain ones on 'thread' or 'process'"
        )
    return fit[0] if wish is None else Executor(wish)


def _memory_of(name: str, rules: Rules) -> int | None:
    memory = rules.get("memory_mib")
    if memory is not None and (rules.get("executor") != Executor.PROCESS or memory < MEMORY_LEAST):
        raise ValueError(f"Task {name}: memory_mib needs executor='process' and is at least {MEMORY_LEAST}")
    return memory


def _check_names(rules: Rules) -> None:
    unknown = sorted(set(rules) - set(Rules.__annotations__))
    if unknown:
        raise TypeError(f"A task takes no {', '.join(unknown)}; it takes {', '.join(sorted(Rules.__annotations__))}")


def _check_limits(rules: Rules) -> None:
    concurrency = rules.get("concurrency")
    if concurrency is not None and concurrency < 1:
        raise ValueError("A task's concurrency is at least 1")
    for per, limit in (("concurrency_per", concurrency), ("rate_per", rules.get("rate"))):
        if rules.get(per) and limit is None:
            raise ValueError("concurrency_per needs a concurrency, rate_per a rate")
    check_per(rules.get("concurrency_per"))
    check_per(rules.get("rate_per"))
