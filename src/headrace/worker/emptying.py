"""A worker that does not stay (`--until-empty`): it does what is due and ready, and stops."""

from __future__ import annotations

from headrace.db.query import query
from headrace.jobs.upkeep import DUTIES, perform
from headrace.loop import every
from headrace.runtime import Runtime
from headrace.worker.worker import Worker

LOOK_EVERY = 0.2


async def begin(runtime: Runtime) -> None:
    """Fire the schedules that are due, and do the upkeep: what an earlier process left behind is taken up now."""
    await runtime.scheduler.catch_up(runtime.clock.now)
    for duty in DUTIES:
        await perform(duty, runtime.database, runtime.wakeups, now=runtime.clock.now)


async def stop_when_empty(runtime: Runtime, worker: Worker) -> None:
    """Stop the worker as soon as it runs nothing and its queues hold nothing that is ready or due; runs until cancelled."""

    async def look() -> None:
        # the database first: what is claimed after that is seen in the slots, what was claimed before is in our name there
        if not await _has_work(runtime, worker) and not len(worker.slots) and not worker.slots.is_claiming:
            worker.stop()

    await every(LOOK_EVERY, look, name="until-empty")


async def _has_work(runtime: Runtime, worker: Worker) -> bool:
    params = {"worker": worker.id, "queues": worker.queues, "now": runtime.clock.now}
    async with runtime.database.connection() as conn:
        row = await (await conn.execute(query(__package__, "has_work"), params)).fetchone()
    return bool(row and row[0])
