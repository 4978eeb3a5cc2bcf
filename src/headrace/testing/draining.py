"""Draining: run everything that is ready, in the test's own process, with the real worker."""

from __future__ import annotations

import asyncio
from datetime import datetime

from headrace.db.connect import Database
from headrace.jobs.upkeep import perform
from headrace.runtime import Runtime
from headrace.worker.worker import Worker

# What a drain still has to do: jobs that run or are ready, and those whose time, or that of a wait, has come by the given
# clock.
_UNDONE = """
    SELECT (
        SELECT count(*) FROM headrace.jobs
        WHERE state IN ('queued', 'running') OR state = 'scheduled' AND run_at <= coalesce(%(now)s::timestamptz, now())
    ) + (
        SELECT count(*) FROM headrace.job_calls WHERE is_due
    ) + (
        SELECT count(*) FROM headrace.waits WHERE state = 'open' AND due_at <= coalesce(%(now)s::timestamptz, now())
    )
"""


async def drain(runtime: Runtime, *, patience: float = 30) -> None:
    """Fire what is due by `runtime.clock`, and run jobs until none is ready; jobs scheduled for later stay.

    Raises `TimeoutError` if that takes longer than `patience` seconds.
    """
    worker = Worker(runtime)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(patience):
            await _upkeep(runtime)
            while await undone(runtime.database, runtime.clock.now):
                await _upkeep(runtime)
                await asyncio.sleep(0.005)
    finally:
        worker.stop()
        await running


async def _upkeep(runtime: Runtime) -> None:
    for duty in runtime.duties:
        await perform(duty, runtime.database, runtime.wakeups, now=runtime.clock.now)


async def undone(database: Database, now: datetime | None = None) -> int:
    """Return how many jobs are ready or running."""
    async with database.connection() as conn:
        row = await (await conn.execute(_UNDONE, {"now": now})).fetchone()
    assert row is not None
    return int(row[0])
