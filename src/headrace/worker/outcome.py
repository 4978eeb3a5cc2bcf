"""What a run came to: results checked, errors described, and what follows from each for the job."""

from __future__ import annotations

import random
import traceback
from datetime import timedelta
from typing import Any

from headrace.errors import HeadraceError, NotStorable
from headrace.jobs.backoff import next_delay
from headrace.jobs.halt import Unwind
from headrace.jobs.job import ERROR_TEXT_MAX, RESULT_MAX, TRACEBACK_MAX, Claimed, Ending, Failure, Outcome
from headrace.jobs.journal import clean
from headrace.jobs.run import Run
from headrace.jobs.task import Task
from headrace.observe.scrubbing import scrub

# From then on a wait costs attempts, so that a provider that never lets a job pass does not keep it for ever.
FREE_RUNS_MAX = 1_000


def release(claimed: Claimed, delay: timedelta = timedelta(0)) -> Outcome:
    """Return a job to its queue at no cost of an attempt."""
    return Outcome(lease=claimed.lease, ending=Ending.RELEASED, delay=delay, stopped="released")


def parked(run: Run) -> Outcome | None:
    """Return the outcome of a run that parked, whatever its code made of being told so; `None` if it didn't."""
    if not run.halt.is_parked or run.halt.reason not in {None, "stop"}:
        return None
    return Outcome(lease=run.lease, ending=Ending.PARKED, waits=tuple(run.halt.parked_on), stopped="by_itself")


def unfinished(run: Run, task: Task[Any, Any], error: BaseException, *, stopped: str = "unwound") -> Outcome | None:
    """Return the outcome of a run that raised; `None` if its lease is lost and nothing may be written.

    `stopped` is how it was stopped, for the receipt of a cancel.
    """
    reason = run.halt.reason
    if reason == "lease":
        return None
    if reason == "user":
        failure = Failure(code="cancelled", message="The job was cancelled while it ran.")
        return Outcome(lease=run.lease, ending=Ending.FAILED, error=failure, stopped=stopped)
    if reason == "stop" or is_unwind(error):
        return release(run.claimed)
    rest = free_rest(run.claimed, error)
    if rest is not None:
        return release(run.claimed, rest)
    return failed(run, describe(error), delay_after(run.claimed, task, error))


def timed_out(run: Run, task: Task[Any, Any], more: str = "") -> Outcome:
    """Return the outcome of a run that overstayed its timeout; `more` says what became of its code."""
    took = f"The run took longer than the task's timeout of {task.timeout.total_seconds():g} s{more}."
    failure = Failure(code="timeout", message=took)
    return failed(run, failure, delay_after(run.claimed, task, TimeoutError()))


def failed(run: Run, failure: Failure, delay: timedelta | None) -> Outcome:
    """Return the outcome of a failed run that is tried again after `delay`, or not at all."""
    if delay is None:
        return Outcome(lease=run.lease, ending=Ending.FAILED, error=failure)
    return Outcome(lease=run.lease, ending=Ending.RETRY, error=failure, delay=delay)


def delay_after(claimed: Claimed, task: Task[Any, Any], error: BaseException) -> timedelta | None:
    """Return how long the job rests after this error, `None` if it isn't tried again."""
    return next_delay(task.retry, error, failures=claimed.failures + 1, attempts=claimed.attempts)


def free_rest(claimed: Claimed, error: BaseException) -> timedelta | None:
    """Return how long the job rests at no cost of an attempt, for an error that only asks it to come back later."""
    if not isinstance(error, HeadraceError) or error.costs_attempt or error.permanent or error.retry_after is None:
        return None
    if claimed.run >= FREE_RUNS_MAX:
        return None
    return error.retry_after * (1 + random.random() / 10)  # so that those who were told the same don't come back as one


def is_unwind(error: BaseException) -> bool:
    """Whether code ended because it was told to, also as one of several errors of a group."""
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(Unwind) is not None
    return isinstance(error, Unwind)


def describe(error: BaseException) -> Failure:
    """Return an error as it is stored and shown, without what looks like a key or a password."""
    text = "".join(traceback.format_exception(error))
    return Failure(
        code=error.code if isinstance(error, HeadraceError) else "exception",
        message=clean(scrub(str(error)) or type(error).__name__)[:ERROR_TEXT_MAX],
        type=f"{type(error).__module__}.{type(error).__qualname__}",
        traceback=clean(scrub(text))[-TRACEBACK_MAX:],
    )


def quit_of(error: BaseException) -> BaseException:
    """Return what fails a job for an error: a task that ends its interpreter only fails."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return RuntimeError(f"The task raised {type(error).__name__}")
    return error


def stored_result(task: Task[Any, Any], value: object) -> bytes:
    """Return a result as JSON text; raises `NotStorable`."""
    result = task.encode_result(value)
    if len(result) > RESULT_MAX:
        raise NotStorable(
            f"{task.name} returned {len(result):,} bytes; a result may have {RESULT_MAX:,}. Return a reference to the data"
        )
    return result
