"""A wait: what a job is parked on until it is answered, expires, or the job ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """What ends a wait."""

    ANSWER = "answer"
    """Somebody outside: a callback, or a person."""
    SLEEP = "sleep"
    """Its time."""
    CHILDREN = "children"
    """The jobs that it called."""


class WaitState(StrEnum):
    """Where a wait is in its life; the CHECK constraint of `headrace.waits` lists the same."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    FAILED = "failed"
    """A child failed that the job could not do without."""
    CLOSED = "closed"
    """Its job ended first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedWait:
    """A wait to be: due `seconds` after it is stored, at `due_at`, or never.

    `seq` is the place that its answer takes among the job's steps, `schema` the JSON schema of that answer.
    """

    id: UUID
    name: str
    seq: int
    kind: str
    args_hash: str
    place: int | None = None
    address: UUID | None = None
    schema: dict[str, Any] | None = None
    seconds: float | None = None
    due_at: datetime | None = None

    @property
    def stored(self) -> StoredWait:
        """The same as a later run finds it."""
        return StoredWait(self.id, self.name, self.seq, WaitState.OPEN, self.args_hash, self.address, self.place)


@dataclass(frozen=True, slots=True)
class StoredWait:
    """A wait that an earlier run opened; the answer to it is a step of the same name."""

    id: UUID
    name: str
    seq: int
    state: WaitState
    args_hash: str
    address: UUID | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What came of a wait: `answer` is JSON text, `by` and `comment` tell of the person who gave it."""

    wait: UUID
    state: WaitState
    answer: bytes | None = None
    by: str | None = None
    comment: str | None = None
