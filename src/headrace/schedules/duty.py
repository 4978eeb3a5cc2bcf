"""The duties of schedules: declare once what the code says, fire what is due, forget old firings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headrace.db.connect import Connection, Database
from headrace.db.query import query
from headrace.jobs.task import Task
from headrace.jobs.upkeep.duty import Done, Duty
from headrace.schedules.declare import declare
from headrace.schedules.fire import find_due, fire
from headrace.schedules.schedule import Rule

FIRE_LOCK, PRUNE_LOCK = 7_211, 7_212


class Scheduler:
    """Fires the schedules of one process's tasks, once it has declared those of its apps' code."""

    def __init__(
        self, database: Database, *, tasks: Mapping[str, Task[Any, Any]], apps: Sequence[str], rules: Sequence[Rule]
    ) -> None:
        """Take the tasks there are, and the apps with the schedules that their code declares."""
        self.duties = (
            Duty("schedules", 1.0, FIRE_LOCK, self.run_once),
            Duty("schedules.prune", 3_600.0, PRUNE_LOCK, prune),
        )
        self._database = database
        self._tasks = tasks
        self._apps = apps
        self._rules = rules
        self._has_declared = False

    async def declare(self, now: datetime | None) -> None:
        """Write what the code says, the first time it is called; another process may do the same at once."""
        if self._has_declared:
            return
        async with self._database.transaction() as conn:
            await declare(conn, self._rules, self._apps, tasks=self._tasks, now=now)
        self._has_declared = True

    async def catch_up(self, now: datetime | None) -> None:
        """Fire all that is due, whatever their number: what a process does that does not stay."""
        await self.declare(now)
        while await self._is_any_due(now):
            async with self._database.transaction() as conn:
                await fire(conn, self._tasks, now)

    async def run_once(self, conn: Connection, now: datetime | None) -> Done:
        """Fire what is due."""
        # in a transaction of its own: only one that is known to be committed counts
        await self.declare(now)
        return await fire(conn, self._tasks, now)

    async def _is_any_due(self, now: datetime | None) -> bool:
        async with self._database.connection() as conn:
            return bool(await find_due(conn, self._tasks, now))


async def prune(conn: Connection, now: datetime | None) -> Done:
    """Forget old firings."""
    return Done((await conn.execute(query(__package__, "prune_firings"), {"now": now})).rowcount)
