"""Quotas: how many unfinished jobs an owner may have, and how many bytes his jobs may hold.

They keep one owner from filling the installation, not the last job from coming in: what an owner has is measured every few
seconds, and each process adds what it took in since.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from headrace.db.connect import Connection, Database
from headrace.db.query import query
from headrace.errors import HeadraceError

FRESH = 5.0
# Measuring takes at most this share of the time, however many jobs there are to look at.
SHARE = 0.02
OWNERS_MAX = 10_000


class QuotaExceeded(HeadraceError):
    """The owner has as many jobs, or bytes, as he may have; some have to end, or be deleted, first."""

    code = "quota_exceeded"
    status = 429


@dataclass(frozen=True, slots=True)
class Quota:
    """What an owner may have; `None` is no limit."""

    jobs: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What an owner has, and what he may have by a rule of his own."""

    jobs: int
    bytes: int
    own: Quota


@dataclass(slots=True)
class _Kept:
    measured: Measured
    until: float
    added: int = 0


class Quotas:
    """The quotas as one process sees them."""

    def __init__(self, database: Database, default: Quota) -> None:
        """Take what owners may have who have no rule of their own."""
        self.default = default
        self._database = database
        self._kept: dict[str, _Kept] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def admit(self, owner: str, count: int = 1) -> None:
        """Let an owner submit so many jobs more; raises `QuotaExceeded`."""
        kept = await self._of(owner)
        quota = self.quota_of(kept.measured)
        if quota.jobs is not None and kept.measured.jobs + kept.added + count > quota.jobs:
            raise QuotaExceeded(
                f"There are {quota.jobs:,} unfinished jobs of yours, which is the most; wait until some end"
            )
        if quota.bytes is not None and kept.measured.bytes >= quota.bytes:
            raise QuotaExceeded(f"Your jobs hold the {quota.bytes / 2**20:,.0f} MiB that they may; delete some first")
        kept.added += count

    def quota_of(self, measured: Measured) -> Quota:
        """Return what holds for an owner: each rule of his own, else the default; 0 is no limit."""
        jobs = self.default.jobs if measured.own.jobs is None else measured.own.jobs
        size = self.default.bytes if measured.own.bytes is None else measured.own.bytes
        return Quota(jobs or None, size or None)

    def forget(self, owner: str) -> None:
        """Measure the owner anew at the next submission."""
        self._kept.pop(owner, None)

    async def _of(self, owner: str) -> _Kept:
        kept = self._kept.get(owner)
        if kept is not None and time.monotonic() < kept.until:
            return kept
        async with self._turns.setdefault(owner, asyncio.Lock()):  # one measures, the others wait for it
            kept = self._kept.get(owner)
            if kept is not None and time.monotonic() < kept.until:
                return kept
            begun = time.monotonic()
            async with self._database.connection() as conn:
                measured = await measure(conn, owner)
            if len(self._kept) >= OWNERS_MAX:
                self._kept.clear()
                self._turns.clear()
            ended = time.monotonic()
            kept = self._kept[owner] = _Kept(measured, ended + max(FRESH, (ended - begun) / SHARE))
            return kept


async def measure(conn: Connection, owner: str) -> Measured:
    """Return what an owner has, among his newest 50,000 jobs."""
    row = await (await conn.execute(query(__package__, "measure_owner"), {"owner": owner})).fetchone()
    assert row is not None
    jobs, size, own_jobs, own_size = row
    return Measured(jobs, size, Quota(own_jobs, own_size))


async def set_quota(conn: Connection, owner: str, quota: Quota) -> None:
    """Give an owner quotas of his own: 0 is no limit, `None` the default."""
    await conn.execute(
        "INSERT INTO headrace.quotas (owner, jobs, bytes) VALUES (%s, %s, %s) "
        "ON CONFLICT (owner) DO UPDATE SET jobs = excluded.jobs, bytes = excluded.bytes",
        (owner, quota.jobs, quota.bytes),
    )
