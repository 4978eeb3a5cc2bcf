"""Changing schedules by hand: those made over the API as a whole, those of code only by pause and by running now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import Conflict, NotFound
from headrace.jobs.job import Submission, Submitted
from headrace.jobs.submit import submit
from headrace.jobs.task import Task
from headrace.json import dumps
from headrace.schedules.declare import read_now
from headrace.schedules.schedule import Missed, Rule, rule_of


class Changes(TypedDict, total=False):
    """What a change of a schedule may say."""

    task: str
    cron: str
    timezone: str
    input: object
    missed: Missed
    missed_limit: int


async def create(
    conn: Connection, rule: Rule, tasks: Mapping[str, Task[Any, Any]], *, now: datetime | None = None
) -> None:
    """Make a schedule; raises `InvalidInput`, `NotFound` for its task, or `Conflict` when the name is taken."""
    moment = await read_now(conn, now)
    row = dumps(rule.row(tasks, rule.check(tasks).next_after(moment)))
    made = await conn.execute(query(__package__, "create_schedule"), {"row": row, "now": moment})
    if not made.rowcount:
        raise Conflict(f"There is a schedule {rule.name!r} already; change that one, or take another name")


async def change(
    conn: Connection,
    name: str,
    changes: Changes,
    tasks: Mapping[str, Task[Any, Any]],
    *,
    now: datetime | None = None,
) -> None:
    """Change a schedule made over the API; a new expression or time zone counts from now on.

    Raises `InvalidInput`, `NotFound`, or `Conflict` for one that code declares.
    """
    stored = await _lock(conn, name)
    before = rule_of(stored)
    _refuse_declared(before, "change it there")
    after = replace(before, **changes)
    cron = after.check(tasks)
    moment = await read_now(conn, now)
    is_same_time = (before.cron, before.timezone) == (after.cron, after.timezone)
    next_at = (stored["next_at"] if is_same_time else None) or cron.next_after(moment)
    params = {"row": dumps(after.row(tasks, next_at)), "now": moment}
    await conn.execute(query(__package__, "change_schedule"), params)


async def delete(conn: Connection, name: str) -> None:
    """Delete a schedule made over the API, or one that code no longer declares, with the record of its firings.

    Its jobs stay. Raises `NotFound`, or `Conflict` for one that code declares.
    """
    stored = await _lock(conn, name)
    if stored["retired_at"] is None:
        _refuse_declared(rule_of(stored), "remove it there, or pause it")
    await conn.execute(query(__package__, "delete_schedule"), {"name": name})


async def set_pause(conn: Connection, name: str, *, paused: bool, now: datetime | None = None) -> None:
    """Pause a schedule, or let it go on from now: times that pass meanwhile are not made up for. Raises `NotFound`."""
    stored = await _lock(conn, name)
    if paused == (stored["paused_at"] is not None):
        return
    moment = await read_now(conn, now)
    next_at = stored["next_at"] if paused else rule_of(stored).parsed().next_after(moment)
    params = {"name": name, "paused_at": moment if paused else None, "next_at": next_at}
    await conn.execute(query(__package__, "pause_schedule"), params)


async def run_now(
    conn: Connection, name: str, tasks: Mapping[str, Task[Any, Any]], *, now: datetime | None = None
) -> tuple[Submission, Submitted]:
    """Submit the schedule's job at once, also while it is paused; its planned times stay as they are.

    Raises `NotFound`, also when no app of this process has the task, or `InvalidInput` if the task's type has changed.
    """
    job = rule_of(await read_schedule(conn, name)).submission(tasks)
    [submitted] = await submit(conn, [job], now=now)
    return job, submitted


async def read_schedule(conn: Connection, name: str) -> dict[str, Any]:
    """Return a schedule's row; raises `NotFound`."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("SELECT * FROM headrace.schedules WHERE name = %s", (name,))
        row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no schedule {name!r}")
    return row


async def _lock(conn: Connection, name: str) -> dict[str, Any]:
    await conn.execute("SELECT FROM headrace.schedules WHERE name = %s FOR UPDATE", (name,))
    return await read_schedule(conn, name)


def _refuse_declared(rule: Rule, mend: str) -> None:
    if rule.app is not None:
        raise Conflict(f"Schedule {rule.name} is declared in the code of the app {rule.app}; {mend}")
