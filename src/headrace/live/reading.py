"""What the live view reads from the tables: where watched jobs stand, and their new events as encoded messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from psycopg.rows import class_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.states import State
from headrace.live.message import Entry, Message, message


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a job stands at one moment."""

    id: UUID
    task: str
    queue: str
    state: str
    runs: int
    failures: int
    attempts: int
    event_seq: int
    progress: float | None
    progress_note: str | None
    created_at: datetime
    run_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    error: dict[str, Any] | None
    cancellation: dict[str, Any] | None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return State(self.state).is_final

    @property
    def mark(self) -> tuple[object, ...]:
        """What makes a `state` message worth sending when it differs: progress alone is an event already."""
        return self.state, self.runs, self.run_at, self.cancellation

    def encode(self, event: str) -> Message:
        """Return the `state` or `end` message."""
        progress = {"fraction": self.progress, "note": self.progress_note} if self.progress is not None else None
        data = {
            "id": self.id,
            "task": self.task,
            "queue": self.queue,
            "state": self.state,
            "run": self.runs,
            "failures": self.failures,
            "attempts": self.attempts,
            "progress": progress,
            "created_at": self.created_at,
            "run_at": self.run_at,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "error": self.error,
            "cancellation": self.cancellation,
            "events": self.event_seq,
        }
        return message(event, data)


class Child(NamedTuple):
    """A job that another one called: by which call, and its place among the inputs."""

    id: UUID
    step: str
    place: int


async def read_children(conn: Connection, job_id: UUID, until: int, *, most: int) -> list[Child]:
    """Return the first children of calls that a job's events tell of, up to a number, in an order that never changes."""
    params = {"id": job_id, "until": until, "most": most}
    cursor = await conn.execute(query(__package__, "list_followed"), params)
    return [Child(*row) for row in await cursor.fetchall()]


async def read_jobs(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, Snapshot]:
    """Return where jobs stand; one that does not exist is missing."""
    async with conn.cursor(row_factory=class_row(Snapshot)) as cursor:
        await cursor.execute(query(__package__, "watch_jobs"), {"ids": list(ids)})
        return {snapshot.id: snapshot for snapshot in await cursor.fetchall()}


async def read_events(conn: Connection, after: Mapping[UUID, int], *, most: int) -> dict[UUID, list[Entry]]:
    """Return up to `most` events of each job after the given number, encoded."""
    params = {"ids": list(after), "after": list(after.values()), "most": most}
    cursor = await conn.execute(query(__package__, "new_events"), params)
    found: dict[UUID, list[Entry]] = {}
    for id_, seq, at, kind, data in await cursor.fetchall():
        body = {"seq": seq, "at": at, "type": kind, "data": orjson.Fragment(data)}
        found.setdefault(id_, []).append(Entry(seq, message(kind, body, seq=seq)))
    return found
