"""What a task says of its job, and is told of it, without waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from headrace.jobs.journal import EventType, clean
from headrace.jobs.run import Run
from headrace.jobs.step import StepCall
from headrace.jobs.stepping import hash_arguments, return_type

LOG_MAX = 8_000


class Reporter:
    """What both faces of a run share: who the job is, and what it reports without waiting."""

    def __init__(self, run: Run) -> None:
        """Wrap a run."""
        self._run = run

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self._run.id

    @property
    def task(self) -> str:
        """The name of its task, `app.function`."""
        return self._run.claimed.task

    @property
    def owner(self) -> str | None:
        """Whose job it is, as the submission said."""
        return self._run.claimed.owner

    @property
    def planned_at(self) -> datetime | None:
        """The planned time for which a schedule submitted the job (or the one it retries); `None` for other jobs."""
        return self._run.claimed.planned_at

    @property
    def run(self) -> int:
        """Which execution this is: 1, 2, 3 …; resumed and retried jobs count on."""
        return self._run.claimed.run

    @property
    def attempt(self) -> int:
        """One more than the runs that failed: 1 at first, at most the task's `Retry.attempts`."""
        return self._run.claimed.failures + 1

    @property
    def fence(self) -> int:
        """The number that guards every write of this run."""
        return self._run.lease.fence

    @property
    def effect_key(self) -> str:
        """The same text at every run of this step: the idempotency key for whoever makes the effect."""
        return self._run.effect_key

    @property
    def step_name(self) -> str | None:
        """The unique name of the step this code runs in, if it runs in one."""
        return self._run.step_name

    @property
    def cancel_reason(self) -> str | None:
        """Why the run is being ended: `user`, `timeout`, `lease` or `stop`; `None` while it isn't."""
        return self._run.halt.reason

    def progress(self, fraction: float, note: str | None = None) -> None:
        """Say how far the job is, 0 to 1, and in a few words what it does; never blocks."""
        if not 0 <= fraction <= 1:
            raise ValueError(f"Progress is a fraction from 0 to 1, not {fraction}")
        self._run.report(
            EventType.PROGRESS, {"fraction": float(fraction), "note": clean(note)[:LOG_MAX] if note else None}
        )

    def log(self, message: str, *, level: str = "info") -> None:
        """Add a line to the job's log, at most 8,000 characters; never blocks."""
        self._run.report(EventType.LOG, {"level": level, "message": clean(message)[:LOG_MAX]})

    def text(self, chunk: str) -> None:
        """Append to the text shown while it is written; never blocks, live screens see it within about 50 ms."""
        self._run.text(chunk)

    def reset_text(self) -> None:
        """Void what this step (or, outside of steps, this run) has added with `text`: it is written anew."""
        self._run.reset_text()

    def _call(  # noqa: PLR0917 - one line of plumbing for four methods
        self, name: str, function: Callable[..., object], key: str | None, returns: object, args: object
    ) -> StepCall:
        kind = return_type(function) if returns is None else returns
        return self._run.call(name, key, kind, hash_arguments(args))
