"""Counters: how many runs ended how, and how long they took, by minute, task and queue; written with the endings themselves.

Durations are kept as a histogram whose buckets grow by a factor of √2 from 1 ms, so that a quantile read from it is right
within a fifth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import InvalidInput

POINTS_MAX = 1_500
POINTS_MAX_EACH = 200
LAST_BUCKET = 60
NEVER_RAN = -1


class Outcome(StrEnum):
    """How a run ended: the job's final state, or what happened to it while the job went on.

    The table knows `deleted` too: finished jobs that are gone, and the bytes that went with them.
    """

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETRIED = "retried"
    RELEASED = "released"
    CRASHED = "crashed"
    PARKED = "parked"


# What says how long the work takes; the others were cut short.
TIMED = frozenset({Outcome.COMPLETED, Outcome.FAILED, Outcome.RETRIED})


class Step(StrEnum):
    """How much time one point of a series covers."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """The time itself."""
        return {Step.MINUTE: timedelta(minutes=1), Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}[self]

    @classmethod
    def fitting(cls, span: timedelta) -> Step:
        """Return the step that shows a span in some dozens of points."""
        return cls.MINUTE if span <= timedelta(hours=3) else cls.HOUR if span <= timedelta(days=7) else cls.DAY


class Grouping(StrEnum):
    """By what a series is split."""

    TASK = "task"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which counters to read; `begin` counts in, `end` doesn't. With `by` there is a series for each task or queue."""

    begin: datetime
    end: datetime
    step: Step
    task: str | None = None
    queue: str | None = None
    by: Grouping | None = None

    def check(self) -> None:
        """Raise `InvalidInput` for a span that is empty or has too many points."""
        if self.begin >= self.end:
            raise InvalidInput("`from` has to be before `to`")
        most = POINTS_MAX if self.by is None else POINTS_MAX_EACH
        if (points := (self.end - self.begin) / self.step.length) > most:
            raise InvalidInput(f"{points:,.0f} points are too many; ask for at most {most:,}, or a larger `bucket`")


@dataclass(slots=True)
class Point:
    """What ended within one step: runs by outcome, and the histogram and sum of the timed ones' durations."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    histogram: dict[int, int] = field(default_factory=dict)
    took: timedelta = timedelta(0)

    def add(self, outcome: Outcome, bucket: int, jobs: int, seconds: float) -> None:
        """Count further runs in."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + jobs
        if outcome in TIMED and bucket != NEVER_RAN:
            self.histogram[bucket] = self.histogram.get(bucket, 0) + jobs
            self.took += timedelta(seconds=seconds)

    def quantile(self, share: float) -> timedelta | None:
        """Return how long at most this share of the timed runs took; `None` without any."""
        return quantile(self.histogram, share)

    @property
    def success_rate(self) -> float | None:
        """The share of the jobs that completed in those that completed or failed; `None` without any."""
        completed, failed = (self.outcomes.get(outcome, 0) for outcome in (Outcome.COMPLETED, Outcome.FAILED))
        return completed / (completed + failed) if completed + failed else None

    @property
    def mean(self) -> timedelta | None:
        """The mean duration of the timed runs; exact."""
        timed = sum(self.histogram.values())
        return self.took / timed if timed else None


Series: TypeAlias = dict[datetime, Point]


async def read_series(conn: Connection, wanted: Wanted) -> dict[str | None, Series]:
    """Return what was counted by the beginning of each step, in order; steps in which nothing ended are left out.

    There is one series, under `None`, or one for each name of what `by` says.
    """
    wanted.check()
    params = {name: getattr(wanted, name) for name in ("begin", "end", "step", "task", "queue", "by")}
    found: dict[str | None, Series] = {}
    rows = await (await conn.execute(query(__package__, "sum_counters"), params)).fetchall()
    for name, at, outcome, bucket, jobs, seconds in rows:
        found.setdefault(name, {}).setdefault(at, Point()).add(Outcome(outcome), bucket, jobs, seconds)
    return found


async def read_totals(conn: Connection) -> dict[tuple[str, str], Point]:
    """Return what was counted since the beginning, by task and queue; it never falls."""
    totals: dict[tuple[str, str], Point] = {}
    rows = await (await conn.execute(query(__package__, "total_counters"))).fetchall()
    for task, queue, outcome, bucket, jobs, seconds in rows:
        totals.setdefault((task, queue), Point()).add(Outcome(outcome), bucket, jobs, seconds)
    return totals


def total(points: Iterable[Point]) -> Point:
    """Return several points as one."""
    whole = Point()
    for point in points:
        for outcome, jobs in point.outcomes.items():
            whole.outcomes[outcome] = whole.outcomes.get(outcome, 0) + jobs
        for bucket, jobs in point.histogram.items():
            whole.histogram[bucket] = whole.histogram.get(bucket, 0) + jobs
        whole.took += point.took
    return whole


def quantile(histogram: Mapping[int, int], share: float) -> timedelta | None:
    """Return the duration under which a share of the entries lies, read evenly within the bucket it falls into."""
    rank = share * sum(histogram.values())
    below = 0
    for bucket, entries in sorted(histogram.items()):
        if below + entries >= rank and entries:
            return edge(bucket - 1) + (edge(bucket) - edge(bucket - 1)) * ((rank - below) / entries)
        below += entries
    return None


def edge(bucket: int) -> timedelta:
    """Return the longest duration that falls into a bucket (the last one takes everything longer too)."""
    return timedelta(milliseconds=2 ** (bucket / 2)) if bucket >= 0 else timedelta(0)
