"""Claiming: a live worker takes the next jobs of its queues, each under a new fence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.job import Claimed, Lease

CLAIM_MAX = 500

# Before every job there can be: a scan from here sees the whole queue.
HEAD = {"priority": -32_768, "ready_at": "-infinity", "id": UUID(int=0)}


class _Taken(Claimed, frozen=True, kw_only=True, gc=False):
    """A claimed job with its place in its queue."""

    priority: int
    ready_at: str


_JSON = msgspec.json.Decoder()


class Marks:
    """Where the last claim of each queue ended, so that the next need not walk over the dead rows of what was taken.

    What became ready before the mark (a sooner priority, a late commit) is found by the next scan from the head.
    """

    def __init__(self, queues: Iterable[str]) -> None:
        """Begin every queue at its head."""
        self._marks = {queue: {"queue": queue, **HEAD} for queue in sorted(queues)}

    def rewind(self) -> None:
        """Make the next claim scan from the head."""
        for queue in self._marks:
            self._marks[queue] = {"queue": queue, **HEAD}

    def as_json(self) -> str:
        """Return the lanes as the claim's SQL takes them."""
        return orjson.dumps(list(self._marks.values())).decode()

    def move(self, taken: Sequence[_Taken]) -> None:
        """Note what a claim returned (in claim order)."""
        for job in {job.queue: job for job in taken}.values():
            mark = {"queue": job.queue, "priority": job.priority, "ready_at": job.ready_at, "id": job.lease.job_id}
            self._marks[job.queue] = mark


async def claim(
    conn: Connection, worker: UUID, marks: Marks, *, free: int, alone: bool = False, now: datetime | None = None
) -> Sequence[Claimed]:
    """Claim up to `free` jobs (at most 500) for a live worker, soonest first; none if its lease ran out.

    `alone` asks for the jobs that crashed twice; whoever claims one runs nothing else meanwhile.
    """
    params = {"worker": worker, "lanes": marks.as_json(), "free": min(free, CLAIM_MAX), "alone": alone, "now": now}
    async with conn.cursor(row_factory=_taken) as cursor:
        taken = await (await cursor.execute(query(__package__, "claim_jobs"), params)).fetchall()
    if not alone:
        marks.move(taken)
    return taken


def _taken(_cursor: object) -> Callable[[Sequence[Any]], _Taken]:
    return _take


def _take(row: Sequence[Any]) -> _Taken:
    # JSON by msgspec: integers of any size stay exact
    return _Taken(
        lease=Lease(row[0], row[1], row[2], row[3]),
        task=row[4],
        queue=row[5],
        priority=row[6],
        ready_at=row[7],
        run=row[8],
        failures=row[9],
        attempts=row[10],
        alone=row[11],
        owner=row[12],
        planned_at=row[13],
        has_history=row[14],
        input=None if row[15] is None else _JSON.decode(row[15]),
    )
