"""The queue as it should be, in memory: plain code without a database, to hold the real one against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings

from headrace.errors import JobFinished, JobUnfinished, UniqueConflict
from headrace.jobs.job import Ending, Lease, Outcome, Submission, Submitted
from headrace.jobs.journal import Entry
from headrace.jobs.states import TRANSITIONS, State

LEASE = timedelta(seconds=30)
CRASHES_MAX = 3
HEAD = (-32_768, datetime.min.replace(tzinfo=UTC), UUID(int=0))

# `pytest tests/model --hypothesis-profile=long` (make faults) looks far longer, and elsewhere each time.
ALWAYS = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
settings.register_profile("long", max_examples=1_500, stateful_step_count=100, derandomize=False, **ALWAYS)
settings.register_profile(
    "short",
    max_examples=150,
    stateful_step_count=50,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    **ALWAYS,
)


@dataclass
class Row:
    """A job; `past` holds the runs that ended while it went on, `stopped` is the receipt's word."""

    id: UUID
    queue: str
    priority: int
    attempts: int
    unique_key: str | None
    state: State
    run_at: datetime | None
    ready_at: datetime | None
    is_retry: bool = False
    fence: int = 0
    runs: int = 0
    failures: int = 0
    crashes: int = 0
    alone: bool = False
    worker: UUID | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    is_cancel_asked: bool = False
    stopped: str | None = None
    error: str | None = None
    steps: list[str] = field(default_factory=list)
    events: int = 0
    past: list[tuple[int, str]] = field(default_factory=list)
    last_write: UUID | None = None

    @property
    def place(self) -> tuple[int, datetime, UUID]:
        assert self.ready_at is not None
        return (self.priority, self.ready_at, self.id)

    def move(self, state: State, now: datetime) -> None:
        assert state in TRANSITIONS[self.state], f"{self.state} -> {state}"
        self.state = state
        if state is State.QUEUED:
            self.ready_at = now
        if state.is_final:
            self.finished_at = now

    def end_run(self, state: State, now: datetime, outcome: str) -> None:
        if state in {State.QUEUED, State.SCHEDULED}:
            self.past.append((self.runs, outcome))
        self.fence += 1
        self.move(state, now)


@dataclass
class Tenure:
    """A worker: until when its lease goes, where its scans go on, and which leases it knows that it has."""

    until: datetime
    state: str = "live"
    marks: dict[str, tuple[int, datetime, UUID]] = field(default_factory=dict)
    known: set[Lease] = field(default_factory=set)

    @property
    def is_there(self) -> bool:
        return self.state in {"live", "stopping"}


class QueueModel:
    """Every job, worker and paused queue, and the time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.jobs: dict[UUID, Row] = {}
        self.workers: dict[UUID, Tenure] = {}
        self.paused: set[str] = set()

    def submit(self, jobs: Sequence[Submission]) -> list[Submitted]:
        return [self._submit_one(job) for job in jobs]

    def _submit_one(self, job: Submission) -> Submitted:
        there = self.jobs.get(job.id) or self._holder(job.unique_key)
        if there:
            return Submitted(there.id, there.state, created=there.id == job.id)
        is_later = job.run_at is not None and job.run_at > self.now
        state = State.SCHEDULED if is_later else State.QUEUED
        ready_at = None if is_later else self.now
        self.jobs[job.id] = Row(
            job.id, job.queue, job.priority, job.attempts, job.unique_key, state, run_at=job.run_at, ready_at=ready_at
        )
        return Submitted(job.id, state, created=True)

    def _holder(self, key: str | None) -> Row | None:
        return next((row for row in self.jobs.values() if key and row.unique_key == key and not row.finished_at), None)

    def register(self, worker: UUID) -> None:
        self.workers[worker] = Tenure(self.now + LEASE)

    def claim(self, worker: UUID, queues: Sequence[str], *, free: int, alone: bool, rewind: bool) -> list[Row]:
        tenure = self.workers[worker]
        if rewind:
            tenure.marks = {}
        marks = {} if alone else tenure.marks
        if tenure.state != "live" or tenure.until <= self.now:
            return []
        ready = [
            row
            for row in self.jobs.values()
            if row.state is State.QUEUED
            and row.queue in queues
            and row.queue not in self.paused
            and row.alone == alone
            and row.place >= marks.get(row.queue, HEAD)
        ]
        picked = sorted(ready, key=lambda row: row.place)[:free]
        for row in picked:
            marks[row.queue] = row.place
            row.move(State.RUNNING, self.now)
            row.fence += 1
            row.runs += 1
            row.worker = worker
            row.started_at = self.now
        return picked

    def owned(self, lease: Lease) -> Row | None:
        row = self.jobs[lease.job_id]
        return row if row.fence == lease.fence else None

    def finish(self, outcomes: Sequence[Outcome]) -> dict[UUID, tuple[State, str]]:
        written = {}
        for outcome in outcomes:
            row = self.owned(outcome.lease)
            if row is not None:
                self._finish_one(row, outcome)
                written[row.id] = (row.state, row.queue)
        return written

    def _finish_one(self, row: Row, outcome: Outcome) -> None:
        is_released = outcome.ending is Ending.RELEASED
        state = self._next(row, outcome)
        if row.is_cancel_asked:
            row.stopped = "too_late" if state is State.COMPLETED else outcome.stopped or "by_itself"
        row.failures += outcome.ending in {Ending.FAILED, Ending.RETRY}
        row.crashes = row.crashes if is_released else 0
        row.alone = row.alone and is_released
        row.error = outcome.error["code"] if outcome.error else None
        if state is State.SCHEDULED:
            row.run_at = self.now + outcome.delay
        row.end_run(state, self.now, "released" if is_released else "failed")

    @staticmethod
    def _next(row: Row, outcome: Outcome) -> State:
        if outcome.ending is Ending.COMPLETED:
            return State.COMPLETED
        if row.is_cancel_asked:
            return State.CANCELLED
        if outcome.ending is Ending.FAILED:
            return State.FAILED
        return State.SCHEDULED if outcome.delay else State.QUEUED

    def write(self, entries: Sequence[Entry]) -> set[UUID]:
        rows = [(row, entry) for entry in entries if (row := self.owned(entry.lease))]
        for row, entry in rows:
            if row.last_write == entry.write:
                continue
            row.last_write = entry.write
            row.events += len(entry.events)
            row.steps += [step.name for step in entry.steps]
            row.crashes = 0 if entry.steps else row.crashes
        return {row.id for row, _ in rows}

    def cancel(self, job_id: UUID) -> State | type[JobFinished]:
        row = self.jobs[job_id]
        if row.finished_at:
            return JobFinished
        row.is_cancel_asked = True
        if row.state is not State.RUNNING:
            row.fence += 1
            row.stopped = "before_start"
            row.move(State.CANCELLED, self.now)
        return row.state

    def retry(self, job_id: UUID) -> type[JobUnfinished | UniqueConflict] | None:
        old = self.jobs[job_id]
        if not old.finished_at:
            return JobUnfinished
        return UniqueConflict if self._holder(old.unique_key) else None

    def retried(self, job_id: UUID, new_id: UUID) -> None:
        old = self.jobs[job_id]
        new = Row(new_id, old.queue, old.priority, old.attempts, old.unique_key, State.QUEUED, None, self.now)
        new.is_retry = True
        new.steps = list(old.steps)
        self.jobs[new_id] = new

    def running(self, worker: UUID) -> list[Row]:
        return [row for row in self.jobs.values() if row.state is State.RUNNING and row.worker == worker]

    def renew(self, worker: UUID) -> bool:
        tenure = self.workers[worker]
        if tenure.is_there:
            tenure.until = self.now + LEASE
        return tenure.is_there

    def promote(self) -> int:
        due = [row for row in self.jobs.values() if row.state is State.SCHEDULED and row.run_at <= self.now]
        for row in due:
            row.move(State.QUEUED, self.now)
        return len(due)

    def rescue(self) -> int:
        for tenure in self.workers.values():
            if tenure.is_there and tenure.until < self.now:
                tenure.state = "dead"
        orphans = [
            row for row in self.jobs.values() if row.state is State.RUNNING and not self.workers[row.worker].is_there
        ]
        for row in orphans:
            self._rescue_one(row)
        return len(orphans)

    def _rescue_one(self, row: Row) -> None:
        row.crashes += 1
        row.alone = row.crashes >= CRASHES_MAX - 1
        row.error = "crashed"
        if row.is_cancel_asked:
            row.stopped = "worker_lost"
            row.end_run(State.CANCELLED, self.now, "crashed")
        elif row.crashes >= CRASHES_MAX:
            row.end_run(State.FAILED, self.now, "crashed")
        else:
            row.end_run(State.QUEUED, self.now, "crashed")


@pytest.fixture
def model() -> type[QueueModel]:
    """The model's class; each example makes its own."""
    return QueueModel


@pytest.fixture(autouse=True)
def profile(request: pytest.FixtureRequest) -> settings:
    """How long to look: `short` unless --hypothesis-profile names another."""
    return settings.get_profile(request.config.getoption("--hypothesis-profile") or "short")
