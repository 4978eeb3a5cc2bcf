"""A schedule: what is submitted when, and what becomes of times that passed while nobody was there to fire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from msgspec import structs

from headrace.errors import InvalidInput, NotFound
from headrace.jobs.bounds import check
from headrace.jobs.job import Submission
from headrace.jobs.task import Task
from headrace.schedules.cron import Cron

MISSED_LIMIT = 100
MISSED_LIMIT_MAX = 1_000
NAME_MAX = 90  # `schedule:<name>` is a tag
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{NAME_MAX - 1}}}")


class Missed(StrEnum):
    """What becomes of times that passed while no process was there to fire them."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a schedule says: submit `input` to `task` by a cron; `missed_limit` bounds what `all` makes up for.

    `app` is the app whose code declares it, `None` if it was made over the API.
    """

    name: str
    task: str
    cron: str
    timezone: str = "UTC"
    input: object = None
    missed: Missed = Missed.ONCE
    missed_limit: int = MISSED_LIMIT
    app: str | None = None

    def parsed(self) -> Cron:
        """Return the checked cron; raises `InvalidInput`."""
        return Cron.parse(self.cron, self.timezone)

    def check(self, tasks: Mapping[str, Task[Any, Any]]) -> Cron:
        """Return the checked cron of a rule whose task takes its input; raises `InvalidInput` or `NotFound`."""
        self.submission(tasks)
        return self.check_form()

    def check_form(self) -> Cron:
        """Return the checked cron of a rule that is right but for its task and input; raises `InvalidInput`."""
        if not _NAME.fullmatch(self.name):
            raise InvalidInput(
                f"A schedule's name is 1 to {NAME_MAX} letters, digits, dots, underscores and hyphens", pointer="/name"
            )
        if not 1 <= self.missed_limit <= MISSED_LIMIT_MAX:
            raise InvalidInput(f"The missed_limit is between 1 and {MISSED_LIMIT_MAX:,}", pointer="/missed_limit")
        return self.parsed()

    def submission(self, tasks: Mapping[str, Task[Any, Any]], planned_at: datetime | None = None) -> Submission:
        """Return a checked job to be, tagged with the schedule; its `run_at` is the planned time, as its `planned_at` is."""
        task = tasks.get(self.task)
        if task is None:
            raise NotFound(f"There is no task {self.task!r}; there are {', '.join(sorted(tasks)) or 'none'}")
        job = task.submission(self.input, tags=(tag_of(self.name),), run_at=planned_at)
        job = structs.replace(job, planned_at=planned_at)
        check(job)
        return job

    def row(self, tasks: Mapping[str, Task[Any, Any]], next_at: datetime | None) -> dict[str, object]:
        """Return the columns of `headrace.schedules` that hold the rule, the input as JSON text."""
        return {
            "name": self.name,
            "task": self.task,
            "cron": self.cron,
            "timezone": self.timezone,
            "input": orjson.Fragment(self.submission(tasks).input),  # as text: orjson writes no large integers
            "missed": self.missed,
            "missed_limit": self.missed_limit,
            "app": self.app,
            "next_at": next_at,
        }


def tag_of(name: str) -> str:
    """Return the tag of the jobs that a schedule submits."""
    return f"schedule:{name}"


def rule_of(row: Mapping[str, Any]) -> Rule:
    """Return the rule that a row of `headrace.schedules` holds."""
    return Rule(
        name=row["name"],
        task=row["task"],
        cron=row["cron"],
        timezone=row["timezone"],
        input=row["input"],
        missed=Missed(row["missed"]),
        missed_limit=row["missed_limit"],
        app=row["app"],
    )
