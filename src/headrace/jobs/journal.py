"""The journal of running jobs: steps and events, numbered without gaps, written only by the run that owns it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from headrace.db.execute import AsyncCaller, execute
from headrace.db.query import query
from headrace.jobs.job import Lease
from headrace.jobs.wait import OpenedWait


class EventType(StrEnum):
    """What an event tells; the CHECK constraint of `headrace.job_events` lists the same."""

    PROGRESS = "progress"
    LOG = "log"
    TEXT = "text"
    TEXT_RESET = "text_reset"
    STEP = "step"
    WAIT = "wait"


class Event(msgspec.Struct, gc=False):
    """One entry of what a job reported; `at` is this process's monotonic clock in seconds."""

    type: EventType
    at: float
    data: dict[str, Any]


class StoredStep(msgspec.Struct, frozen=True, gc=False):
    """A finished step: `result` is JSON text, `args_hash` tells whether the code still asks the same question.

    `kind` is `transaction` where rows of an app were written with it; `place` is its place in the order of the code.
    """

    name: str
    seq: int
    args_hash: str
    result: bytes
    took: float = 0.0
    kind: Literal["step", "transaction"] = "step"
    place: int | None = None


class Entry(msgspec.Struct):
    """What one run has to write: events in their order, finished steps, and waits that it opens.

    Whoever may send it again, because an answer was lost, gives it a `write` id, by which the second is recognised.
    """

    lease: Lease
    events: list[Event] = msgspec.field(default_factory=list)
    steps: list[StoredStep] = msgspec.field(default_factory=list)
    write: UUID | None = None
    waits: list[OpenedWait] = msgspec.field(default_factory=list)


class Journal(Protocol):
    """Where a run's events and steps go; the worker writes them in batches."""

    def post(self, entry: Entry) -> None:
        """Write soon (events)."""

    async def store(self, entry: Entry) -> bool:
        """Write now (steps); false if the lease is lost."""

    async def settle(self) -> None:
        """Wait until everything posted so far is written."""

    async def callback_url(self, number: UUID, sealed: str | None) -> tuple[str, str]:
        """Return the URL of a callback's address, and the same sealed: see `Addresses.url`."""


_WRITTEN = msgspec.json.Decoder(set[UUID])


class _Done(msgspec.Struct, omit_defaults=True, gc=False):
    """A step as the queue's SQL takes it."""

    name: str
    kind: str
    seq: int
    args_hash: str
    result: msgspec.Raw
    took: float
    place: int | None = None


class _Row(msgspec.Struct, omit_defaults=True, gc=False):
    """An entry as the queue's SQL takes it."""

    id: UUID
    fence: int
    write: UUID | None
    events: list[Event]
    steps: list[_Done]
    waits: list[OpenedWait] | None = None
    progress: float | None = None
    note: str | None = None


async def write(
    conn: AsyncCaller, entries: Sequence[Entry], *, monotonic: float, now: datetime | None = None
) -> set[UUID]:
    """Write one entry a job; return the jobs written. Of one that is missing nothing is stored: its lease is lost."""
    batch = msgspec.json.encode([_row(entry) for entry in entries]).decode()
    params = {"batch": batch, "monotonic": monotonic, "now": now}
    rows = await execute(conn, query(__package__, "write_journal"), params)
    return _WRITTEN.decode(rows[0][0]) if rows and rows[0][0] else set()


async def fetch_steps(conn: AsyncCaller, job_id: UUID) -> tuple[dict[str, StoredStep], int]:
    """Return a job's finished steps by name, and the number of the last event that told of one (0 if none did)."""
    rows = await execute(conn, query(__package__, "fetch_steps"), {"id": job_id})
    steps = {row[0]: StoredStep(row[0], row[3], row[1], (row[2] or "null").encode(), place=row[4]) for row in rows}
    return steps, rows[0][5] if rows else 0


def clean(text: str) -> str:
    """Return text that PostgreSQL can hold: NUL and lone surrogates replaced."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _row(entry: Entry) -> _Row:
    progress = next((event.data for event in reversed(entry.events) if event.type is EventType.PROGRESS), None)
    return _Row(
        id=entry.lease.job_id,
        fence=entry.lease.fence,
        write=entry.write,
        events=entry.events,
        steps=[_done(step) for step in entry.steps],
        waits=entry.waits or None,
        progress=progress["fraction"] if progress else None,
        note=progress["note"] if progress else None,
    )


def _done(step: StoredStep) -> _Done:
    return _Done(
        name=step.name,
        kind=step.kind,
        seq=step.seq,
        place=step.place,
        args_hash=step.args_hash,
        result=msgspec.Raw(step.result),
        took=step.took,
    )
