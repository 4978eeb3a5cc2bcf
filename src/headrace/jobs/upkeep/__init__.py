"""What keeps the queue in order, and moves bulk actions on: every web and worker process runs `DUTIES`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.db.wake import Wakeups
from headrace.jobs.upkeep import bulk, calls, expire, promote, prune, rescue, settle
from headrace.jobs.upkeep.duty import Duty, Upkeep, perform
from headrace.loop import every

# After an outage every worker's lease has run out: the living get time to renew before anybody is declared dead.
RESCUE = Duty("rescue", 5.0, 7_201, rescue.run_once, grace=15.0)
PROMOTE = Duty("promote", 0.5, 7_202, promote.run_once)
PRUNE = Duty("prune", 60.0, 7_203, prune.run_once)
SETTLE = Duty("settle", 10.0, 7_204, settle.run_once)
BULK = Duty("bulk", 0.5, 7_205, bulk.run_once, goes_on=True)
EXPIRE = Duty("expire", 0.5, 7_207, expire.run_once)
CALLS = Duty("calls", 0.5, 7_209, calls.run_once)
DUTIES = (RESCUE, PROMOTE, PRUNE, SETTLE, BULK, EXPIRE, CALLS)

__all__ = [
    "BULK",
    "CALLS",
    "DUTIES",
    "EXPIRE",
    "PROMOTE",
    "PRUNE",
    "RESCUE",
    "SETTLE",
    "Duty",
    "Upkeep",
    "perform",
    "start",
]


def start(database: Database, wakeups: Wakeups, clock: Clock, duties: Sequence[Duty]) -> list[asyncio.Task[None]]:
    """Run duties in this process until the returned tasks are cancelled."""
    upkeep = Upkeep(database, wakeups, clock)

    def once(duty: Duty) -> Callable[[], Awaitable[int]]:
        return lambda: upkeep.run(duty)

    return [asyncio.create_task(every(duty.seconds, once(duty), name=duty.name)) for duty in duties]
