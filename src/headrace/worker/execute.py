"""One run of a job: call the task's function, and turn whatever comes of it into an outcome."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import Executor as Pool
from typing import Any

from headrace.context import Job, SyncJob
from headrace.jobs.course import in_thread
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.run import Run
from headrace.jobs.task import Executor, Task
from headrace.json import Json
from headrace.worker.errand import execute_in_process
from headrace.worker.means import Means
from headrace.worker.outcome import parked, quit_of, stored_result, timed_out, unfinished

# How long a thread that was told to stop may take to reach its next `job.*` call before it counts as abandoned.
THREAD_GRACE = 2.0


async def execute(run: Run, task: Task[Any, Any], value: Json, means: Means) -> Outcome | None:
    """Run a job to its outcome; `None` if the lease was lost and nothing may be written."""
    run.is_executing = True
    try:
        execute_it = execute_in_process if task.executor is Executor.PROCESS else _execute
        outcome = await execute_it(run, task, value, means)
        return parked(run) or outcome
    finally:
        run.is_executing = False


async def _execute(run: Run, task: Task[Any, Any], value: Json, means: Means) -> Outcome | None:
    run.deadline = time.monotonic() + task.timeout.total_seconds()
    run.is_timed = True
    try:
        run.halt.check()
        argument = task.decode_input(value)
        result = await _call(run, task, argument, means)
        run.tell_what_was_left()
        return Outcome(lease=run.lease, ending=Ending.COMPLETED, result=stored_result(task, result))
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is an outcome
        if run.halt.reason == "timeout":
            still = "; its thread could not be stopped and keeps its slot until it returns" if run.abandoned else ""
            return timed_out(run, task, still)
        stopped = "thread_abandoned" if run.abandoned else "unwound"
        return unfinished(run, task, quit_of(error), stopped=stopped)
    finally:
        run.is_timed = False
        if run.overstay is not None:
            run.overstay.cancel()


async def _call(run: Run, task: Task[Any, Any], argument: object, means: Means) -> object:
    arguments = () if task.input_type is None else (argument,)
    if task.executor is Executor.ASYNC:
        return await task.function(Job(run, means.models), *arguments)
    loop = asyncio.get_running_loop()
    job = SyncJob(run, means.models, loop)
    in_thread.set(True)
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
