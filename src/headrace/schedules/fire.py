"""Firing: a job for every planned time that has come, in the transaction that records the time as fired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.db.wake import JOBS, queue_topic
from headrace.errors import HeadraceError, InvalidInput
from headrace.jobs.job import ERROR_TEXT_MAX, Submission
from headrace.jobs.submit import submit
from headrace.jobs.task import Task
from headrace.jobs.upkeep.duty import Done
from headrace.json import dumps
from headrace.log import get_logger
from headrace.schedules.schedule import Missed, Rule, rule_of

log = get_logger(__name__)

LATE = timedelta(minutes=1)
"""A time found so much later still counts as on time: the duty looks every second, and a process needs a moment to start."""


# What one schedule's job may bring that the queue or the database refuses; a lost connection is none of it.
REFUSED = (HeadraceError, psycopg.DataError, psycopg.IntegrityError)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written for a schedule that is due: its next time, its firings, and their jobs."""

    name: str
    next_at: datetime | None
    firings: list[dict[str, object]] = field(default_factory=list)
    jobs: list[Submission] = field(default_factory=list)


async def fire(conn: Connection, tasks: Mapping[str, Task[Any, Any]], now: datetime | None) -> Done:
    """Fire what is due of the schedules whose tasks this process has, up to 100 schedules.

    A planned time is a row of `schedule_firings`; who inserts it submits the job, so that a second scheduler, or the same
    one after a lost answer, finds it there and does nothing. Needs a transaction.
    """
    due = await find_due(conn, tasks, now)
    if not due:
        return Done(0)
    plans = [_plan(rule_of(row), row["next_at"], row["now"], tasks=tasks) for row in due]
    try:
        jobs = await _write(conn, plans, now)
    except REFUSED:
        jobs = [job for plan in plans for job in await _write_alone(conn, plan, now)]
    return Done(len(jobs), frozenset({queue_topic(job.queue) for job in jobs} | {JOBS} if jobs else ()))


async def find_due(conn: Connection, tasks: Iterable[str], now: datetime | None) -> list[dict[str, Any]]:
    """Return the schedules of these tasks that are due, locked; those that another process fires just now are left out."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "find_due_schedules"), {"tasks": list(tasks), "now": now})
        return await cursor.fetchall()


def planned_times(rule: Rule, since: datetime, now: datetime) -> list[datetime]:
    """Return which times from `since` (the first that is due) to `now` are fired, by the rule's policy, oldest first."""
    most = rule.missed_limit if rule.missed is Missed.ALL else 1
    times = rule.parsed().newest(since - timedelta(microseconds=1), now, most)
    return [time for time in times if time > now - LATE] if rule.missed is Missed.SKIP else times


def _plan(rule: Rule, since: datetime, now: datetime, *, tasks: Mapping[str, Task[Any, Any]]) -> Plan:
    try:
        times = planned_times(rule, since, now)
        plan = Plan(rule.name, rule.parsed().next_after(now))
    except InvalidInput as error:  # a zone that a new release of the zone database no longer has
        log.warning("schedule.broken", schedule=rule.name, error=str(error))
        return Plan(rule.name, next_at=None)
    for time in times:
        firing: dict[str, object] = {"schedule": rule.name, "planned_at": time, "job_id": None, "error": None}
        plan.firings.append(firing)
        try:
            job = rule.submission(tasks, planned_at=time)
        except HeadraceError as error:  # the task's input type has changed since
            _refuse(firing, error)
        else:
            firing["job_id"] = job.id
            plan.jobs.append(job)
    return plan


async def _write(conn: Connection, plans: Sequence[Plan], now: datetime | None) -> list[Submission]:
    """Record the firings and submit their jobs, all or nothing; return the jobs."""
    firings = [firing for plan in plans for firing in plan.firings]
    moves = [{"name": plan.name, "next_at": plan.next_at} for plan in plans]
    params = {"firings": dumps(firings), "moves": dumps(moves), "now": now}
    async with conn.transaction():
        recorded = await (await conn.execute(query(__package__, "record_firings"), params)).fetchall()
        fired = {job_id for (job_id,) in recorded}
        jobs = [job for plan in plans for job in plan.jobs if job.id in fired]
        await submit(conn, jobs, now=now)
    return jobs


async def _write_alone(conn: Connection, plan: Plan, now: datetime | None) -> list[Submission]:
    """Write one schedule by itself, so that what is refused holds up no other."""
    try:
        return await _write(conn, [plan], now)
    except REFUSED as error:
        for firing in plan.firings:
            _refuse(firing, error)
        return await _write(conn, [plan], now)


def _refuse(firing: dict[str, object], error: Exception) -> None:
    log.warning("schedule.refused", schedule=firing["schedule"], error=str(error))
    firing["job_id"], firing["error"] = None, str(error)[:ERROR_TEXT_MAX] or type(error).__name__
