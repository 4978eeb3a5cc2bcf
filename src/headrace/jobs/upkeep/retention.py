"""Retention: finished jobs are deleted by age, and the oldest of them when together they hold more than the disk budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.db.wake import JOBS
from headrace.ids import CLOCK_SKEW, first_id
from headrace.jobs.states import FINAL, State
from headrace.jobs.tally import CAP, Tally
from headrace.jobs.upkeep.duty import Done, Duty
from headrace.log import get_logger
from headrace.settings import Settings

log = get_logger(__name__)

BATCH = 1_000
BATCHES = 10
GIB = 1 << 30
# The budget never takes a job whose result somebody may still be waiting for.
YOUNGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """How long jobs of each final state are kept (a state that is missing: for ever), and how much they may hold."""

    keep: Mapping[State, timedelta]
    budget_bytes: int | None

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """Return the policy that the settings describe; 0 stands for no limit."""
        days = {
            State.COMPLETED: settings.keep_completed_days,
            State.FAILED: settings.keep_failed_days,
            State.CANCELLED: settings.keep_cancelled_days,
        }
        keep = {state: timedelta(days=number) for state, number in days.items() if number}
        return cls(keep, round(settings.keep_gib * GIB) or None)


@dataclass(frozen=True, slots=True)
class Due:
    """What would go: jobs of one state that ended before a moment, and what the counted ones hold."""

    state: State
    before: datetime
    jobs: Tally
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would delete now: by age, and how much more than the budget is held (before the deletions by age)."""

    due: list[Due]
    held_bytes: int
    excess_bytes: int


def duty(policy: Policy) -> Duty:
    """Return the duty that keeps to a policy."""
    return Duty("retention", 10.0, 7_206, partial(run_once, policy=policy))


async def run_once(conn: Connection, now: datetime | None, *, policy: Policy) -> Done:
    """Delete what is due, up to 10,000 jobs of a state by age and 10,000 more for the budget."""
    moment = await _moment(conn, now)
    aged = sum([await _delete_aged(conn, state, moment - age) for state, age in policy.keep.items()])
    budget = policy.budget_bytes
    surplus = 0 if budget is None else await _delete_oldest(conn, budget, moment - YOUNGEST)
    if aged or surplus:
        log.info("jobs.deleted", by_age=aged, by_budget=surplus)
    return Done(aged + surplus, frozenset({JOBS} if aged or surplus else ()))


async def preview(conn: Connection, policy: Policy, *, now: datetime | None = None) -> Preview:
    """Return what a run would delete; deletes nothing."""
    moment = await _moment(conn, now)
    due = [await _due(conn, state, moment - age) for state, age in policy.keep.items()]
    held = await held_bytes(conn)
    return Preview(due, held, max(0, held - policy.budget_bytes) if policy.budget_bytes is not None else 0)


async def held_bytes(conn: Connection) -> int:
    """Return what finished jobs hold: inputs, results, steps, events and their rows."""
    row = await (await conn.execute(query(__package__, "sum_bytes"))).fetchone()
    assert row is not None
    return int(row[0])


async def _delete_aged(conn: Connection, state: State, before: datetime) -> int:
    params = {**_older(state, before), "most": BATCH}
    deleted = 0
    for _ in range(BATCHES):
        rows = (await conn.execute(query(__package__, "delete_old_jobs"), params)).rowcount
        deleted += rows
        if rows < BATCH:
            break
    return deleted


async def _delete_oldest(conn: Connection, budget: int, before: datetime) -> int:
    deleted = 0
    for _ in range(BATCHES):
        excess = await held_bytes(conn) - budget
        if excess <= 0:
            break
        params = {"states": sorted(FINAL), "before": before, "excess": excess, "most": BATCH}
        rows = (await conn.execute(query(__package__, "delete_oldest_jobs"), params)).rowcount
        deleted += rows
        if not rows:
            break
    return deleted


async def _due(conn: Connection, state: State, before: datetime) -> Due:
    params = {**_older(state, before), "cap": CAP}
    row = await (await conn.execute(query(__package__, "count_old_jobs"), params)).fetchone()
    assert row is not None
    return Due(state, before, Tally.of(row[0]), row[1])


async def _moment(conn: Connection, now: datetime | None) -> datetime:
    row = await (await conn.execute("SELECT coalesce(%s::timestamptz, now())", (now,))).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment.astimezone(UTC)


def _older(state: State, before: datetime) -> dict[str, object]:
    return {"state": state, "before": before, "last_id": first_id(before, CLOCK_SKEW)}
