"""Declared schedules: what the code says is written when a process starts; unchanged ones are left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.task import Task
from headrace.json import dumps
from headrace.log import get_logger
from headrace.schedules.schedule import Rule

log = get_logger(__name__)


async def declare(
    conn: Connection,
    rules: Sequence[Rule],
    apps: Sequence[str],
    *,
    tasks: Mapping[str, Task[Any, Any]],
    now: datetime | None = None,
) -> int:
    """Write the schedules of `apps`, and retire those that their code no longer has; return how many rows changed.

    An unchanged one keeps its next time, also one that has passed; a new expression or time zone counts from now on.
    """
    moment = await read_now(conn, now)
    rows = [rule.row(tasks, rule.check(tasks).next_after(moment)) for rule in rules]
    batch = dumps(sorted(rows, key=lambda row: str(row["name"])))
    params = {"batch": batch, "now": moment}
    written = await (await conn.execute(query(__package__, "declare_schedules"), params)).fetchall()
    params = {"apps": list(apps), "names": [rule.name for rule in rules], "now": moment}
    retired = await (await conn.execute(query(__package__, "retire_schedules"), params)).fetchall()
    for (name,) in written:
        log.info("schedule.declared", schedule=name)
    for (name,) in retired:
        log.info("schedule.retired", schedule=name)
    return len(written) + len(retired)


async def read_now(conn: Connection, now: datetime | None) -> datetime:
    """Return the moved time, or the database's."""
    row = await (await conn.execute("SELECT coalesce(%s::timestamptz, now())", (now,))).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
