"""Running: each claimed job gets a slot and a task, until its outcome is written."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from logging import DEBUG

from headrace.db.connect import BROKEN, Database
from headrace.db.query import query
from headrace.jobs.job import Claimed, Lease, Outcome
from headrace.jobs.journal import fetch_steps
from headrace.jobs.run import Run
from headrace.jobs.states import State
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
# Shorter than any timeout that makes sense, longer than what most short jobs take.
TIMED_AFTER = 0.01


class Runner:
    """Runs the jobs of one worker; a slot is free again when its outcome is written and its thread has returned."""

    def __init__(
        self, runtime: Runtime, slots: Slots, means: Means, *, completions: Database, on_free: Callable[[], None]
    ) -> None:
        """Write plain ends over `completions`; call `on_free` whenever slots became free."""
        self.scribe = Scribe(
            runtime.database,
            runtime.wakeups,
            runtime.clock,
            self.lose,
            completions=completions,
            on_written=self._written,
            addresses=lambda: runtime.addresses,
        )
        self._runtime = runtime
        self._tasks_by_name = runtime.tasks
        self._slots = slots
        self._means = means
        self._on_free = on_free
        self._emptied = asyncio.Event()
        self._last_touches: set[asyncio.Task[None]] = set()
        self._tells_all = log.is_enabled_for(DEBUG)

    def start(self, jobs: Sequence[Claimed]) -> None:
        """Begin claimed jobs."""
        runs = [Run(job, self._runtime.database, self.scribe) for job in jobs]
        for run in runs:
            self._slots.take(run)
        loop = asyncio.get_running_loop()
        if runs:
            runs[0].task = loop.create_task(self._run_in_turn(deque(runs)))
            loop.call_later(TIMED_AFTER, self._time, runs)

    def end(self, run: Run, reason: str) -> None:
        """Make a run end now: its code sees `CancelledError`, or `Unwind` at its next `job.*` call."""
        run.halt.now(reason)
        run.deadline = min(run.deadline, time.monotonic())
        if run.task is not None and run.is_executing:
            run.task.cancel()

    def lose(self, lease: Lease) -> None:
        """End a run whose writes hit nothing: the job belongs to somebody else by now."""
        run = self._slots.get(lease)
        if run is not None and run.halt.reason != "lease":
            log.warning("job.lease_lost", job_id=str(lease.job_id), task=run.claimed.task)
            self.end(run, "lease")

    async def wait(self, seconds: float) -> None:
        """Wait until no slot is taken any more, at most for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self._slots):
                    self._emptied.clear()
                    await self._emptied.wait()

    def _time(self, runs: Iterable[Run]) -> None:
        """Set the timers of runs that still go on: most jobs end before one is worth its price."""
        loop = asyncio.get_running_loop()
        unbegun = [run for run in runs if run.deadline == float("inf") and self._slots.get(run.lease) is run]
        if unbegun:  # what came before them took long
            loop.call_later(TIMED_AFTER, self._time, unbegun)
        for run in runs:
            if run.is_timed and run.overstay is None:
                run.overstay = loop.call_later(run.deadline - time.monotonic(), self._end_overstayed, run)

    def _end_overstayed(self, run: Run) -> None:
        if run.is_timed and run.halt.reason is None:
            self.end(run, "timeout")

    async def _run_in_turn(self, runs: deque[Run]) -> None:
        """Run jobs one after the other until one awaits something: from then on each of the others has a task of its own.

        So those that never await are spared the price of a task. Nothing of a job's is left to the next: neither context
        variables nor a request to cancel.
        """
        me = asyncio.current_task()
        assert me is not None
        asyncio.get_running_loop().call_soon(self._part, runs)  # its turn comes when this task awaits, or has ended
        context = copy_context()
        while runs and not me.cancelling() and copy_context() == context:
            run = runs.popleft()
            run.task = me
            await self._run(run)

    def _part(self, runs: deque[Run]) -> None:
        """Give each of the runs that have not begun a task of its own."""
        loop = asyncio.get_running_loop()
        while runs:
            run = runs.popleft()
            run.task = loop.create_task(self._run(run))

    async def _run(self, run: Run) -> None:
        """Run a job and hand its outcome over; its slot is given back once that is written."""
        try:
            outcome = await self._outcome(run)
        except BaseException:
            self._free(run)
            raise
        if outcome is not None:
            self.scribe.finish(outcome)
        else:
            await self._touch_up(run, None)

    async def _outcome(self, run: Run) -> Outcome | None:
        job = run.claimed
        task = self._tasks_by_name.get(job.task)
        if task is None:
            log.warning("job.unknown_task", job_id=str(run.id), task=job.task)
            return release(job, UNKNOWN_TASK_REST)
        value = job.input
        if value is None or job.has_history:
            value = await self._prepare(run)
            asyncio.get_running_loop().call_soon(self._time, [run])
        outcome = await execute(run, task, value, self._means)
        await run.settle()
        return outcome

    def _written(self, written: Sequence[tuple[Lease, State | None]]) -> None:
        """Free the slots of runs whose outcomes are written."""
        for lease, state in written:
            run = self._slots.get(lease)
            if run is None:
                continue
            if run.waits or run.thread_done is not None or self._tells_all:
                touch = asyncio.create_task(self._touch_up(run, state))
                self._last_touches.add(touch)
                touch.add_done_callback(self._last_touches.discard)
            else:
                self._slots.give_back(run)
        self._note_free()

    async def _touch_up(self, run: Run, state: State | None) -> None:
        """Do what a few runs need after their outcome is written."""
        try:
            if run.waits and state is not None and state.is_final:
                await self._close_waits(run)
            if self._tells_all:
                log.debug("job.ended", job_id=str(run.id), task=run.claimed.task, state=state)
            if run.thread_done is not None:
                await run.thread_done.wait()
        finally:
            self._free(run)

    def _free(self, run: Run) -> None:
        self._slots.give_back(run)
        self._note_free()

    def _note_free(self) -> None:
        if not len(self._slots):
            self._emptied.set()
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
