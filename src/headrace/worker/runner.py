"""Running: each claimed job gets a slot and a task, until its outcome is written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from logging import DEBUG

from headrace.db.connect import BROKEN
from headrace.db.query import query
from headrace.jobs.job import Claimed, Lease
from headrace.jobs.journal import fetch_steps
from headrace.jobs.run import Run
from headrace.jobs.waits import close_waits, fetch_waits
from headrace.json import Json, loads
from headrace.log import get_logger
from headrace.runtime import Runtime
from headrace.worker.execute import execute
from headrace.worker.means import Means
from headrace.worker.outcome import release
from headrace.worker.scribe import Scribe
from headrace.worker.slots import Slots

log = get_logger(__name__)

UNKNOWN_TASK_REST = timedelta(seconds=10)


class Runner:
    """Runs the jobs of one worker; a slot is free again when its outcome is written and its thread has returned."""

    def __init__(self, runtime: Runtime, slots: Slots, means: Means, *, on_free: Callable[[], None]) -> None:
        """Call `on_free` whenever a slot becomes free."""
        self.scribe = Scribe(
            runtime.database, runtime.wakeups, runtime.clock, self.lose, addresses=lambda: runtime.addresses
        )
        self._runtime = runtime
        self._tasks_by_name = runtime.tasks
        self._slots = slots
        self._means = means
        self._on_free = on_free
        self._running: dict[Lease, asyncio.Task[None]] = {}
        self._tells_all = log.is_enabled_for(DEBUG)

    def start(self, job: Claimed) -> None:
        """Begin a claimed job."""
        run = Run(job, self._runtime.database, self.scribe)
        self._slots.take(run)
        self._running[job.lease] = asyncio.create_task(self._run(run))

    def end(self, run: Run, reason: str) -> None:
        """Make a run end now: its code sees `CancelledError`, or `Unwind` at its next `job.*` call."""
        run.halt.now(reason)
        run.deadline = min(run.deadline, time.monotonic())
        task = self._running.get(run.lease)
        if task is not None and run.is_executing:
            task.cancel()

    def lose(self, lease: Lease) -> None:
        """End a run whose writes hit nothing: the job belongs to somebody else by now."""
        run = self._slots.get(lease)
        if run is not None and run.halt.reason != "lease":
            log.warning("job.lease_lost", job_id=str(lease.job_id), task=run.claimed.task)
            self.end(run, "lease")

    async def wait(self, seconds: float) -> None:
        """Wait until nothing runs any more, at most for a while."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=seconds)

    async def _run(self, run: Run) -> None:
        job = run.claimed
        try:
            task = self._tasks_by_name.get(job.task)
            if task is None:
                log.warning("job.unknown_task", job_id=str(run.id), task=job.task)
                await self.scribe.finish(release(job, UNKNOWN_TASK_REST))
                return
            is_complete = job.input is not None and not job.has_history
            value = job.input if is_complete else await self._prepare(run)
            outcome = await execute(run, task, value, self._means)
            await run.settle()
            state = await self.scribe.finish(outcome) if outcome is not None else None
            if run.waits and state is not None and state.is_final:
                await self._close_waits(run)
            if self._tells_all:
                log.debug("job.ended", job_id=str(run.id), task=job.task, state=state)
            if run.thread_done is not None:
                await run.thread_done.wait()
        finally:
            self._slots.give_back(run)
            self._running.pop(job.lease, None)
            self._on_free()

    async def _close_waits(self, run: Run) -> None:
        """Close what the job left open; should that fail, who answers or lists them sees that the job has ended."""
        with suppress(*BROKEN):
            async with self._runtime.database.connection() as conn:
                await close_waits(conn, run.id, now=self._runtime.clock.now)

    async def _prepare(self, run: Run) -> Json:
        """Fetch what did not come with the claim: a large input, and the finished steps of earlier runs."""
        while True:
            try:
                return await self._fetch(run)
            except BROKEN:
                await asyncio.sleep(0.5)

    async def _fetch(self, run: Run) -> Json:
        value: Json = run.claimed.input
        async with self._runtime.database.connection() as conn:
            if run.claimed.has_history:
                run.remember(*await fetch_steps(conn, run.id), await fetch_waits(conn, run.id))
            if value is None:
                row = await (await conn.execute(query("headrace.jobs", "fetch_input"), {"id": run.id})).fetchone()
                value = loads(row[0]) if row else None
        return value
