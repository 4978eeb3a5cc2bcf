"""A worker: claims jobs into its slots, runs them, and writes what comes of them, as long as it holds its lease."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from headrace.db.connect import BROKEN, Connection, Database
from headrace.db.wake import CANCEL, queue_topic
from headrace.ids import new_id
from headrace.jobs.cancel import find_cancelled
from headrace.jobs.claim import CLAIM_MAX
from headrace.jobs.finish import release_all
from headrace.log import get_logger
from headrace.loop import every
from headrace.runtime import Runtime
from headrace.worker import lease
from headrace.worker.children import Children
from headrace.worker.claimer import POLL, Claimer
from headrace.worker.keeper import Keeper
from headrace.worker.means import Means
from headrace.worker.runner import Runner
from headrace.worker.slots import Slots
from headrace.worker.stop import Stop

log = get_logger(__name__)

CANCEL_POLL = 1.0
# With a backlog, few free slots wait so long for more of them: a claim costs hardly more for many jobs than for one.
CLAIM_LINGER = 0.01
LAST_WORDS = 5.0
# A claim and two batches of outcomes, over connections that keep the plans of both.
KEPT = 3


class Worker:
    """One tenure under one lease: from registration until it is stopped, or declared dead by others."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        id: UUID | None = None,  # noqa: A002 - the row's own name
        stop: Stop | None = None,
    ) -> None:
        """Serve the queues of the settings, or all queues of the runtime's tasks.

        The keeper looks at `stop`, and sees to it when the event loop does not hear.
        """
        self.id = id or new_id()
        self.queues = sorted(runtime.settings.queues or {task.queue for task in runtime.tasks.values()})
        self.slots = Slots(runtime.settings.concurrency)
        self.is_dead = False
        self._runtime = runtime
        self._stop = stop
        self._threads = ThreadPoolExecutor(self.slots.most, thread_name_prefix="headrace-job")
        self._children = Children(runtime.settings.processes, runtime.targets_of)
        self._ready = asyncio.Event()
        self._is_lingering = False
        self._cancel_asked = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._ending = asyncio.Event()
        self._kept = Database(runtime.database.url, connections=KEPT, application="headrace claims", keeps_plans=True)
        self._claimer = Claimer(replace(runtime, database=self._kept), self.id, self.queues, self.slots)
        means = Means(runtime.models, self._threads, self._children)
        self._runner = Runner(runtime, self.slots, means, completions=self._kept, on_free=self._claim_again)
        self._topics = {queue_topic(queue) for queue in self.queues}

    def stop(self) -> None:
        """Stop softly: claim nothing more, let runs unwind at their next step boundary, then end."""
        self._ending.set()

    async def run(self) -> None:
        """Work until stopped or declared dead (`is_dead`); by then every job is released, finished, or lost."""
        while not await self._try(self._register):  # noqa: ASYNC110 - nothing tells when the database is back
            await asyncio.sleep(0.5)
        await self._kept.pool.open()
        loop = asyncio.get_running_loop()
        keeper = Keeper(
            self._runtime.database.url,
            self.id,
            self.slots,
            clock=self._runtime.clock,
            on_dead=lambda: _tell(loop, self._declared_dead),
            is_stop_late=self._is_stop_late,
        )
        keeper.start()
        forget = self._runtime.wakeups.listen(self._hear)
        duties = [
            asyncio.create_task(every(POLL, self._claim, name="claim", wake=self._ready)),
            asyncio.create_task(every(CANCEL_POLL, self._cancel, name="cancel", wake=self._cancel_asked)),
            asyncio.create_task(every(1.0, lambda: self._tick(keeper), name="tick")),
        ]
        try:
            await self._ending.wait()
            await self._stop_claiming(duties[0])
            await self._wind_up()
        finally:
            forget()
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
            await self._kept.close()
            keeper.end()
            await self._children.close()
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _hear(self, topics: set[str]) -> None:
        if topics & self._topics:
            self._claimer.rescan()
            self._ready.set()
        if CANCEL in topics:
            self._cancel_asked.set()

    async def _claim(self) -> None:
        async with self._claiming:
            self.slots.is_claiming = True
            try:
                jobs = await self._claimer.claim()
                self._runner.start(jobs)
            finally:
                self.slots.is_claiming = False
        if jobs:
            if not self._claimer.is_behind:
                await asyncio.sleep(0)  # the jobs begin before the next claim is prepared
            self._claim_again()

    def _claim_again(self) -> None:
        """Claim now or, if there is a backlog and few slots are free, in a moment: then more of them will be."""
        if not self._claimer.is_behind or self.slots.free >= min(CLAIM_MAX, self.slots.most // 2):
            self._ready.set()
        elif not self._is_lingering:
            self._is_lingering = True
            asyncio.get_running_loop().call_later(CLAIM_LINGER, self._end_lingering)

    def _end_lingering(self) -> None:
        self._is_lingering = False
        self._ready.set()

    async def _cancel(self) -> None:
        if not len(self.slots):
            return
        async with self._runtime.database.connection() as conn:
            asked = await find_cancelled(conn, self.id)
        for held in asked:
            run = self.slots.get(held)
            if run is not None and run.halt.reason is None:
                self._runner.end(run, "user")

    async def _tick(self, keeper: Keeper) -> None:
        keeper.loop_turned()
        if self.slots.is_stuck(needs_all=self._claimer.is_reserved):
            log.error("worker.replaced", reason="the slots are held by threads that do not return")
            self.stop()

    def _is_stop_late(self) -> bool:
        return self._stop is not None and self._stop.age() > self._runtime.settings.stop_grace

    def _declared_dead(self) -> None:
        self.is_dead = True
        for run in self.slots.runs():
            self._runner.end(run, "lease")
        self._ending.set()

    async def _wind_up(self) -> None:
        if self.is_dead:
            await self._runner.wait(LAST_WORDS)
            return
        await self._try(lambda conn: lease.announce_stopping(conn, self.id))
        for run in self.slots.runs():
            run.halt.softly()
        self._children.stop_softly()
        await self._runner.wait(self._runtime.settings.stop_grace)
        for run in self.slots.runs():
            self._runner.end(run, "stop")
        await self._runner.wait(LAST_WORDS)
        await self._try(self._leave)

    async def _stop_claiming(self, claiming: asyncio.Task[None]) -> None:
        """End the claiming between two claims: what one under way takes is ours from its COMMIT on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS), self._claiming:
                pass
        claiming.cancel()

    async def _leave(self, conn: Connection) -> None:
        """Give back what still runs in our name, so that it goes on elsewhere now and not as a crash, and retire.

        Those are the jobs of runs that did not stop when told to, and of a claim whose answer never came.
        """
        for run in self.slots.runs():
            log.warning("job.not_stopped", job_id=str(run.id), task=run.claimed.task)
        now = self._runtime.clock.now
        await release_all(conn, await lease.find_running(conn, self.id, now=now), now=now)
        await lease.retire(conn, self.id)

    async def _register(self, conn: Connection) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        now = self._runtime.clock.now
        await lease.register(conn, self.id, name=name, queues=self.queues, concurrency=self.slots.most, now=now)
        log.info("worker.started", worker=str(self.id), queues=self.queues, concurrency=self.slots.most)

    async def _try(self, work: Callable[[Connection], Awaitable[None]]) -> bool:
        try:
            async with self._runtime.database.connection() as conn:
                await work(conn)
        except BROKEN as error:
            log.warning("database.away", error=str(error).strip())
            return False
        return True


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
        loop.call_soon_threadsafe(callback)
