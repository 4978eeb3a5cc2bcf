"""The queue as it should be, in memory: plain code without a database, to hold the real one against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import structs

from headrace.errors import JobFinished, JobUnfinished, UniqueConflict
from headrace.jobs.job import Ending, Lease, Outcome, Submission, Submitted
from headrace.jobs.journal import Entry
from headrace.jobs.states import TRANSITIONS, State

LEASE = timedelta(seconds=30)
CRASHES_MAX = 3
NEVER = datetime.min.replace(tzinfo=UTC)
HEAD = (-32_768, NEVER, UUID(int=0))


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
    limit_key: str | None = None
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
        if not state.is_final:
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


@dataclass
class Key:
    """A limit key: the room under it, how much of that is taken, and when the next start may be."""

    capacity: int
    used: int = 0
    next_start: datetime | None = None


@dataclass
class Lane:
    """What a queue is bounded by, and what it has of that."""

    is_paused: bool = False
    concurrency: int | None = None
    spacing: timedelta | None = None
    running: int = 0
    next_start: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        return self.concurrency is not None or self.spacing is not None

    def room(self, free: int, now: datetime) -> int:
        room = free if self.concurrency is None else min(free, max(self.concurrency - self.running, 0))
        since = max(self.next_start or NEVER, now)
        return room if self.spacing is None else min(room, max((now - since) // self.spacing + 1, 0))

    def take(self, count: int, now: datetime) -> None:
        self.running += count
        spacing = self.spacing
        self.next_start = max(self.next_start or NEVER, now) + spacing * count if spacing else None


class QueueModel:
    """Every job, worker, limit key and queue, what was counted, and the time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.jobs: dict[UUID, Row] = {}
        self.workers: dict[UUID, Tenure] = {}
        self.keys: dict[str, Key] = {}
        self.lanes: dict[str, Lane] = {}
        self.counted: Counter[tuple[str, str]] = Counter()

    def lane(self, queue: str) -> Lane:
        return self.lanes.setdefault(queue, Lane())

    def submit(self, jobs: Sequence[Submission]) -> list[Submitted] | type[UniqueConflict]:
        before = deepcopy((self.jobs, self.keys))
        answers = self._submit(self._space(jobs))
        if answers is UniqueConflict:
            self.jobs, self.keys = before
        return answers

    def _space(self, jobs: Sequence[Submission]) -> list[Submission]:
        """Give each job under a rate the next free time."""
        timed = []
        for job in jobs:
            start = job.run_at
            if job.rate_key:
                key = self.keys.setdefault(job.rate_key.key, Key(1))
                free = max(key.next_start or NEVER, self.now)
                key.next_start = free + job.rate_key.spacing
                start = max(free, job.run_at or NEVER)
            timed.append(structs.replace(job, run_at=start))
        return timed

    def _submit(self, jobs: Sequence[Submission]) -> list[Submitted] | type[UniqueConflict]:
        for limit_key in (job.limit_key for job in jobs if job.limit_key):
            self.keys.setdefault(limit_key.key, Key(limit_key.capacity)).capacity = limit_key.capacity
        made = {job.id for job in jobs if self._insert(job)}
        answers: dict[UUID, Submitted] = {}
        holders: dict[UUID, Submission] = {}
        for job in jobs:
            there = self.jobs.get(job.id) or self._holder(job.unique_key)
            assert there is not None
            answers[job.id] = Submitted(there.id, there.state, created=there.id == job.id)
            if there.id != job.id and job.if_exists == "reject":
                return UniqueConflict
            if there.id != job.id and job.if_exists == "replace":
                holders[there.id] = job
        replaced = {id_ for id_, job in holders.items() if self._replace(self.jobs[id_], job)}
        admitted = self.admit(job.limit_key.key for job in jobs if job.limit_key)
        return [
            replace(
                answers[job.id],
                state=State.QUEUED if answers[job.id].id in admitted else answers[job.id].state,
                replaced=job.id not in made and answers[job.id].id in replaced,
            )
            for job in jobs
        ]

    def _insert(self, job: Submission) -> bool:
        if job.id in self.jobs or self._holder(job.unique_key):
            return False
        key = job.limit_key.key if job.limit_key else None
        is_later = job.run_at is not None and job.run_at > self.now
        state = State.SCHEDULED if is_later else State.BLOCKED if key else State.QUEUED
        ready_at = self.now if state is State.QUEUED else None
        row = Row(job.id, job.queue, job.priority, job.attempts, job.unique_key, state, job.run_at, ready_at, key)
        self.jobs[job.id] = row
        return True

    def _replace(self, row: Row, job: Submission) -> bool:
        if row.state not in {State.SCHEDULED, State.QUEUED, State.BLOCKED}:
            return False
        row.priority = job.priority
        if row.state is State.SCHEDULED:
            row.run_at = job.run_at or self.now
        return True

    def admit(self, keys: Iterable[str | None]) -> set[UUID]:
        """Queue who waits where there is room, soonest first."""
        admitted = set()
        for name in {key for key in keys if key}:
            key = self.keys[name]
            waiting = [row for row in self.jobs.values() if row.state is State.BLOCKED and row.limit_key == name]
            for row in sorted(waiting, key=lambda row: (row.priority, row.id))[: max(key.capacity - key.used, 0)]:
                row.move(State.QUEUED, self.now)
                key.used += 1
                admitted.add(row.id)
        return admitted

    def leave(self, row: Row) -> None:
        """Give back the room that a job had under its key."""
        if row.limit_key:
            self.keys[row.limit_key].used -= 1

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
        ready = [row for queue in queues for row in self._ready(queue, alone, marks.get(queue, HEAD), free)]
        picked = sorted(ready, key=lambda row: row.place)[:free]
        for queue, count in Counter(row.queue for row in picked).items():
            lane = self.lanes.get(queue, Lane())
            if lane.is_bounded:
                lane.take(count, self.now)
        for row in picked:
            marks[row.queue] = row.place
            row.move(State.RUNNING, self.now)
            row.fence += 1
            row.runs += 1
            row.worker = worker
            row.started_at = self.now
        return picked

    def _ready(self, queue: str, alone: bool, mark: tuple[int, datetime, UUID], free: int) -> list[Row]:
        lane = self.lanes.get(queue, Lane())
        rows = [row for row in self.jobs.values() if row.state is State.QUEUED and row.queue == queue]
        wanted = [row for row in rows if row.alone == alone and row.place >= mark and not lane.is_paused]
        return sorted(wanted, key=lambda row: row.place)[: lane.room(free, self.now)]

    def owned(self, lease: Lease) -> Row | None:
        row = self.jobs[lease.job_id]
        return row if row.fence == lease.fence else None

    def finish(self, outcomes: Sequence[Outcome]) -> dict[UUID, tuple[State, str]]:
        parks = [outcome for outcome in outcomes if outcome.ending is Ending.PARKED]
        others = [outcome for outcome in outcomes if outcome.ending is not Ending.PARKED]
        return self._finish_batch(parks) | self._finish_batch(others)

    def _finish_batch(self, outcomes: Sequence[Outcome]) -> dict[UUID, tuple[State, str]]:
        written = {}
        for outcome in outcomes:
            row = self.owned(outcome.lease)
            if row is not None:
                self._finish_one(row, outcome)
                written[row.id] = (row.state, row.queue)
        self.admit(self.jobs[id_].limit_key for id_ in written)
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
        passing = outcome.ending in {Ending.RELEASED, Ending.PARKED}
        row.end_run(state, self.now, outcome.ending.value if passing else "failed")
        self.counted[row.queue, state.value if state.is_final else outcome.ending.value if passing else "retried"] += 1
        self.leave(row)
        lane = self.lanes.get(row.queue, Lane())
        if lane.concurrency is not None:
            lane.running = max(lane.running - 1, 0)

    @staticmethod
    def _queued(row: Row) -> State:
        return State.BLOCKED if row.limit_key else State.QUEUED

    def _next(self, row: Row, outcome: Outcome) -> State:
        if outcome.ending is Ending.COMPLETED:
            return State.COMPLETED
        if row.is_cancel_asked:
            return State.CANCELLED
        if outcome.ending is Ending.FAILED:
            return State.FAILED
        if outcome.ending is Ending.PARKED:
            return State.WAITING
        return State.SCHEDULED if outcome.delay else self._queued(row)

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
            if row.state is State.QUEUED:
                self.leave(row)
            row.fence += 1
            row.stopped = "before_start"
            row.move(State.CANCELLED, self.now)
            self.counted[row.queue, "cancelled"] += 1
            self.admit({row.limit_key})
        return row.state

    def retry(self, job_id: UUID) -> type[JobUnfinished | UniqueConflict] | None:
        old = self.jobs[job_id]
        if not old.finished_at:
            return JobUnfinished
        return UniqueConflict if self._holder(old.unique_key) else None

    def retried(self, job_id: UUID, new_id: UUID) -> None:
        old = self.jobs[job_id]
        state = self._queued(old)
        ready_at = self.now if state is State.QUEUED else None
        new = Row(new_id, old.queue, old.priority, old.attempts, old.unique_key, state, None, ready_at, old.limit_key)
        new.is_retry = True
        new.steps = list(old.steps)
        self.jobs[new_id] = new
        self.admit({new.limit_key})

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
            row.move(self._queued(row), self.now)
            row.ready_at = None if row.limit_key else self.now
        self.admit(row.limit_key for row in due)
        return len(due)

    def settle(self) -> int:
        """Count what really runs in the queues with a concurrency; the keys never need it."""
        mended = 0
        for queue, lane in self.lanes.items():
            running = sum(row.state is State.RUNNING and row.queue == queue for row in self.jobs.values())
            if lane.concurrency is not None and lane.running != running:
                lane.running = running
                mended += 1
        return mended

    def rescue(self) -> int:
        for tenure in self.workers.values():
            if tenure.is_there and tenure.until < self.now:
                tenure.state = "dead"
        orphans = [
            row for row in self.jobs.values() if row.state is State.RUNNING and not self.workers[row.worker].is_there
        ]
        for row in orphans:
            self._rescue_one(row)
        self.admit(row.limit_key for row in orphans)
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
            row.end_run(self._queued(row), self.now, "crashed")
        self.counted[row.queue, row.state.value if row.finished_at else "crashed"] += 1
        self.leave(row)
