"""One run of a job: call the task's function, and turn whatever comes of it into an outcome."""

from __future__ import annotations

import asyncio
import contextvars
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor as Pool
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from headrace.ai.models import Models
from headrace.context import Job, SyncJob
from headrace.errors import HeadraceError, NotStorable
from headrace.jobs.backoff import next_delay
from headrace.jobs.halt import Unwind
from headrace.jobs.job import ERROR_TEXT_MAX, RESULT_MAX, TRACEBACK_MAX, Claimed, Ending, Failure, Outcome
from headrace.jobs.run import Run, clean
from headrace.jobs.task import Executor, Task
from headrace.json import Json

# How long a thread that was told to stop may take to reach its next `job.*` call before it counts as abandoned.
THREAD_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Means:
    """What runs need besides their job: the AI models, and the threads for plain functions."""

    models: Models
    threads: Pool


async def execute(run: Run, task: Task[Any, Any], value: Json, means: Means) -> Outcome | None:
    """Run a job to its outcome; `None` if the lease was lost and nothing may be written."""
    run.deadline = time.monotonic() + task.timeout.total_seconds()
    limit = asyncio.timeout(task.timeout.total_seconds())
    run.is_executing = True
    try:
        run.halt.check()
        argument = task.decode_input(value)
        async with limit:
            result = await _call(run, task, argument, means)
        return Outcome(lease=run.lease, ending=Ending.COMPLETED, result=_stored(task, result))
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is an outcome
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            return _failed(run, task, RuntimeError(f"The task raised {type(error).__name__}"))
        if limit.expired() and isinstance(error, TimeoutError):
            run.halt.now("timeout")
            return _timed_out(run, task)
        return _unfinished(run, task, error)
    finally:
        run.is_executing = False


def release(claimed: Claimed, delay: timedelta = timedelta(0)) -> Outcome:
    """Return a job to its queue at no cost of an attempt."""
    return Outcome(lease=claimed.lease, ending=Ending.RELEASED, delay=delay, stopped="released")


async def _call(run: Run, task: Task[Any, Any], argument: object, means: Means) -> object:
    arguments = () if task.input_type is None else (argument,)
    if task.executor is Executor.ASYNC:
        return await task.function(Job(run, means.models), *arguments)
    loop = asyncio.get_running_loop()
    job = SyncJob(run, means.models, loop)
    return await _in_thread(run, means.threads, lambda: task.function(job, *arguments))


async def _in_thread(run: Run, pool: Pool, call: Callable[[], object]) -> object:
    """Run a plain function in a thread; the run's slot stays taken until the thread returns, whatever happens here."""
    done = run.thread_done = asyncio.Event()
    future = asyncio.get_running_loop().run_in_executor(pool, contextvars.copy_context().run, call)
    future.add_done_callback(lambda _: done.set())
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        run.halt.now("timeout")  # unless a reason is there already: then somebody else ended the run
        try:
            async with asyncio.timeout(THREAD_GRACE):
                await done.wait()
        except TimeoutError:
            run.abandoned = True
            future.add_done_callback(lambda late: late.cancelled() or late.exception())
        else:
            future.exception()
        raise


def _unfinished(run: Run, task: Task[Any, Any], error: BaseException) -> Outcome | None:
    reason = run.halt.reason
    if reason == "lease":
        return None
    if reason == "user":
        stopped = "thread_abandoned" if run.abandoned else "unwound"
        failure = Failure(code="cancelled", message="The job was cancelled while it ran.")
        return Outcome(lease=run.lease, ending=Ending.FAILED, error=failure, stopped=stopped)
    if reason == "stop" or _is_unwind(error):
        return release(run.claimed)
    return _failed(run, task, error)


def _is_unwind(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(Unwind) is not None
    return isinstance(error, Unwind)


def _failed(run: Run, task: Task[Any, Any], error: BaseException) -> Outcome:
    return _ended(run, task, error, _describe(error))


def _timed_out(run: Run, task: Task[Any, Any]) -> Outcome:
    took = f"The run took longer than the task's timeout of {task.timeout.total_seconds():g} s"
    if run.abandoned:
        took += "; its thread could not be stopped and keeps its slot until it returns"
    return _ended(run, task, TimeoutError(), Failure(code="timeout", message=took + "."))


def _ended(run: Run, task: Task[Any, Any], error: BaseException, failure: Failure) -> Outcome:
    claimed = run.claimed
    delay = next_delay(task.retry, error, failures=claimed.failures + 1, attempts=claimed.attempts)
    if delay is None:
        return Outcome(lease=run.lease, ending=Ending.FAILED, error=failure)
    return Outcome(lease=run.lease, ending=Ending.RETRY, error=failure, delay=delay)


def _describe(error: BaseException) -> Failure:
    text = "".join(traceback.format_exception(error))
    return Failure(
        code=error.code if isinstance(error, HeadraceError) else "exception",
        message=clean(str(error) or type(error).__name__)[:ERROR_TEXT_MAX],
        type=f"{type(error).__module__}.{type(error).__qualname__}",
        traceback=clean(text)[-TRACEBACK_MAX:],
    )


def _stored(task: Task[Any, Any], value: object) -> bytes:
    result = task.encode_result(value)
    if len(result) > RESULT_MAX:
        raise NotStorable(
            f"{task.name} returned {len(result):,} bytes; a result may have {RESULT_MAX:,}. Return a reference to the data"
        )
    return result
