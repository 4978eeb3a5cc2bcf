"""The program of a child process: imports the tasks it is told to, then runs one job after the other."""

from __future__ import annotations

import contextvars
import fcntl
import os
import queue
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from headrace.context import SyncJob
from headrace.errors import HeadraceError, MemoryExceeded, NotFound, SettingsError
from headrace.jobs.course import in_thread
from headrace.jobs.job import Claimed, Failure, Lease
from headrace.jobs.run import Run
from headrace.jobs.task import Task
from headrace.json import parse
from headrace.runtime import load_apps
from headrace.worker import wire
from headrace.worker.child_line import Line, Operator, Post
from headrace.worker.outcome import delay_after, describe, free_rest, is_unwind, quit_of, stored_result

MIB = 1024 * 1024


class Program:
    """What the process knows: its line to the worker, its tasks, the run that goes on."""

    def __init__(self, orders: int, reports: int) -> None:
        """Open the line."""
        self._line = Line(orders, reports, self._hear)
        self._inbox: queue.SimpleQueue[wire.Load | tuple[wire.Start, Run]] = queue.SimpleQueue()
        self._run: Run | None = None
        self._tasks: dict[str, Task[Any, Any]] = {}
        self._line.open()

    def serve(self) -> None:
        """Do what the worker says until it is gone, which ends the process."""
        while True:
            order = self._inbox.get()
            if isinstance(order, wire.Load):
                self._line.say(wire.Loaded(self._load(order)))
            else:
                self._line.say(wire.Began())
                start, run = order
                ending = self._perform(start, run)
                is_parked = run.halt.is_parked
                self._line.say(wire.Parked(list(run.halt.parked_on)) if is_parked else ending)

    def _hear(self, order: wire.Load | wire.Start | wire.Unwinds) -> None:
        match order:
            case wire.Load():
                self._inbox.put(order)
            case wire.Start():
                self._run = self._run_of(order)  # here, so that what comes next in the pipe finds it
                self._inbox.put((order, self._run))
            case wire.Unwinds(reason) if self._run is not None:
                if reason is None:
                    self._run.halt.softly()
                else:
                    self._run.halt.now(reason)
            case _:
                pass

    def _load(self, order: wire.Load) -> str | None:
        sys.path[:] = order.search
        try:
            self._tasks = _tasks_of(order.targets)
        except BaseException as error:  # noqa: BLE001 - whatever the app's module raises, the worker has to know
            return f"{type(error).__name__}: {error}"
        return None

    def _run_of(self, start: wire.Start) -> Run:
        claimed = Claimed(
            lease=Lease(start.job_id, start.fence),
            task=start.task,
            queue=start.queue,
            run=start.run,
            failures=start.failures,
            attempts=start.attempts,
            alone=False,
            owner=start.owner,
            planned_at=start.planned_at,
            has_history=bool(start.steps),
            input=None,
        )
        run = Run(claimed, None, Post(self._line, start.errand))
        waits = {wait.name: wait for wait in start.waits}
        run.remember({step.name: step for step in start.steps}, start.last_event, waits)
        return run

    def _perform(self, start: wire.Start, run: Run) -> wire.Ending:
        task = self._tasks.get(start.task)
        if task is None:
            missing = NotFound(f"The process for {start.task} imported {', '.join(self._tasks)} but not this task")
            return wire.Raised(describe(missing), None, is_spent=True)
        try:
            with _memory_limited(start.memory_mib):
                return wire.Returned(contextvars.copy_context().run(self._call, task, run, start))
        except BaseException as error:  # noqa: BLE001 - whatever a task raises is an outcome
            if is_unwind(error):
                return wire.Unwound()
            return _raised(run, task, quit_of(error))
        finally:
            run.halt.now("stop")  # for threads that the job left behind

    def _call(self, task: Task[Any, Any], run: Run, start: wire.Start) -> bytes:
        run.halt.check()
        argument = task.decode_input(parse(start.input))
        job = SyncJob(run, Operator(self._line, start.errand), self._line.loop)
        in_thread.set(True)
        value = task.function(job) if task.input_type is None else task.function(job, argument)
        run.tell_what_was_left()
        return stored_result(task, value)


def _raised(run: Run, task: Task[Any, Any], error: BaseException) -> wire.Raised:
    failure = describe(error)
    if isinstance(error, MemoryError) and task.memory_mib is not None:
        exceeded = MemoryExceeded(
            f"The run needed more than the {task.memory_mib} MiB that {task.name} may have; raise its memory_mib, or work "
            "in smaller parts"
        )
        failure = Failure(**{**failure, "code": exceeded.code, "message": str(exceeded)})
    rest = free_rest(run.claimed, error)
    if rest is not None:
        return wire.Raised(failure, rest.total_seconds(), is_spent=False, is_free=True)
    delay = delay_after(run.claimed, task, error)
    return wire.Raised(failure, None if delay is None else delay.total_seconds(), isinstance(error, MemoryError))


def _tasks_of(targets: Sequence[str]) -> dict[str, Task[Any, Any]]:
    problems: list[SettingsError] = []
    for target in targets:
        try:
            return {name: task for app in load_apps([target]) for name, task in app.tasks.items()}
        except SettingsError as error:
            problems.append(error)
    raise HeadraceError("; ".join(map(str, problems)) or "there is nothing to import")


@contextmanager
def _memory_limited(mib: int | None) -> Iterator[None]:
    """Bound what the process may allocate (Linux: heap and private mappings, not address space that is only reserved)."""
    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if mib is not None and sys.platform == "linux":
        most = mib * MIB if before == resource.RLIM_INFINITY else min(mib * MIB, before)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def _end_with(lifeline: int) -> None:
    """Have the kernel kill this process group when the worker is gone, also while C code holds the interpreter's lock.

    The other end of the pipe is the worker's alone, and nothing is ever written to it (fcntl(2), F_SETSIG; Linux). On
    other systems the reading thread sees the end of its own pipe.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox's kernel may not know of it
            fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
            fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def main() -> None:
    """Serve the worker whose pipes are the arguments."""
    orders, reports, lifeline = map(int, sys.argv[1:4])
    for fd in (orders, reports, lifeline):
        os.set_inheritable(fd, False)  # noqa: FBT003 - the library's signature
    _end_with(lifeline)
    Program(orders, reports).serve()


if __name__ == "__main__":
    main()
