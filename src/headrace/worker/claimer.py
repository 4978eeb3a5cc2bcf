"""Claiming for one worker: where each queue's scan goes on, and when a job that must run alone gets its turn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from headrace.db.query import query
from headrace.jobs.claim import CLAIM_MAX, Marks, claim
from headrace.jobs.job import Claimed
from headrace.runtime import Runtime
from headrace.worker.slots import Slots

POLL = 0.25
ALONE_EVERY = 1.0
# How long a job that must run alone waits before a worker is reserved for it, and before it runs beside others after all.
RESERVE_AFTER = 30.0
BESIDE_AFTER = 600.0


class Claimer:
    """Takes jobs for the free slots of one worker."""

    def __init__(self, runtime: Runtime, worker: UUID, queues: Sequence[str], slots: Slots) -> None:
        """Begin at the head of every queue."""
        self._runtime = runtime
        self._worker = worker
        self._queues = queues
        self._slots = slots
        self._marks = Marks(queues)
        self._scanned = 0.0
        self._alone_checked = 0.0
        self.is_behind = False
        """Whether the last claim brought all that it asked for, so that there is probably more."""
        self.is_reserved = False
        """Whether nothing is claimed until all slots are free, because a job must run alone."""

    def rescan(self) -> None:
        """Make the next claim begin at the heads: something became ready that may lie before the marks."""
        self._scanned = 0.0

    async def claim(self) -> Sequence[Claimed]:
        """Claim into the free slots."""
        if await self._looks_for_alone():
            taken = await self._claim(free=1, alone=True)
            if taken:
                return taken
        free = self._slots.free
        if free <= 0 or self.is_reserved:
            return []
        now = time.monotonic()
        if now - self._scanned >= POLL:
            self._scanned = now
            self._marks.rewind()
        taken = await self._claim(free=free, alone=False)
        self.is_behind = len(taken) >= min(free, CLAIM_MAX)
        return taken

    async def _claim(self, *, free: int, alone: bool) -> Sequence[Claimed]:
        now = self._runtime.clock.now
        marks = Marks(self._queues) if alone else self._marks  # the marks tell of the others only
        async with self._runtime.database.connection() as conn:
            return await claim(conn, self._worker, marks, free=free, alone=alone, now=now)

    async def _looks_for_alone(self) -> bool:
        """Whether to look for a job that crashed twice: when idle, or beside other jobs once one has waited very long.

        Before that the worker that runs least is reserved for it. One at a time: two of them could convict each other.
        """
        now = time.monotonic()
        if now - self._alone_checked < ALONE_EVERY:
            return False
        self._alone_checked = now
        self.is_reserved, is_late = await self._find_alone_jobs() if self._slots.runs_others_only else (False, False)
        return not len(self._slots) or (is_late and self._slots.free > 0)

    async def _find_alone_jobs(self) -> tuple[bool, bool]:
        params = {
            "queues": list(self._queues),
            "worker": self._worker,
            "reserve_after": RESERVE_AFTER,
            "beside_after": BESIDE_AFTER,
            "now": self._runtime.clock.now,
        }
        async with self._runtime.database.connection() as conn:
            row = await (await conn.execute(query(__package__, "find_alone_jobs"), params)).fetchone()
        assert row is not None
        return bool(row[0]), bool(row[1])
