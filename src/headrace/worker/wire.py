"""What a worker and its child processes say to each other: msgpack with its length in front, one pipe each way."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from headrace.jobs.job import Failure
from headrace.jobs.journal import Event, StoredStep
from headrace.jobs.wait import OpenedWait, StoredWait

_LENGTH = struct.Struct(">I")

T = TypeVar("T")


# -- worker to child ---------------------------------------------------------------------------------------------------


class Load(msgspec.Struct, tag=True, frozen=True):
    """Import the tasks: from the first of `targets` that can be loaded, with the worker's module search path."""

    targets: list[str]
    search: list[str]


class Start(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """Run a job: `steps` are those that earlier runs finished, `memory_mib` bounds the whole process.

    Reports repeat `errand`, so that what a thread left behind says of an earlier job is not taken for this one's.
    """

    errand: int
    job_id: UUID
    fence: int
    task: str
    queue: str
    run: int
    failures: int
    attempts: int
    owner: str | None
    planned_at: datetime | None
    input: bytes
    steps: list[StoredStep]
    waits: list[StoredWait]
    last_event: int
    memory_mib: int | None


class Unwinds(msgspec.Struct, tag=True, frozen=True):
    """End the run: now for a `reason`, or without one at its next step boundary."""

    reason: str | None


class Stored(msgspec.Struct, tag=True, frozen=True):
    """Whether a step is stored; if not, the lease is lost."""

    id: int
    is_stored: bool


class Addressed(msgspec.Struct, tag=True, frozen=True):
    """The URL of a callback's address, and the same sealed."""

    id: int
    url: str
    sealed: str


class Answered(msgspec.Struct, tag=True, frozen=True):
    """What the model `who` said, as JSON of `Answer`: read it as the type that was asked for."""

    id: int
    answer: bytes
    who: str


class Settled(msgspec.Struct, tag=True, frozen=True):
    """A question to a model is through, as JSON of `Asked`."""

    id: int
    asked: bytes


class Fault(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A question, or the reading of its answer, failed; `name` is that of the error's class."""

    id: int
    name: str
    message: str
    retry_after: float | None = None
    text: str = ""


Reply: TypeAlias = Stored | Addressed | Answered | Settled | Fault
Order: TypeAlias = Load | Start | Unwinds | Reply


# -- child to worker ---------------------------------------------------------------------------------------------------


class Loaded(msgspec.Struct, tag=True, frozen=True):
    """The tasks are imported, or why not."""

    problem: str | None


class Began(msgspec.Struct, tag=True, frozen=True):
    """From here on the job's code may have had effects."""


class Told(msgspec.Struct, tag=True, frozen=True):
    """Events the job reported."""

    errand: int
    events: list[Event]


class Finished(msgspec.Struct, tag=True, frozen=True):
    """A finished step, or a wait that was opened, that the job wants to see stored, with the events that tell of it."""

    id: int
    errand: int
    events: list[Event]
    steps: list[StoredStep]
    waits: list[OpenedWait]


class Addressing(msgspec.Struct, tag=True, frozen=True):
    """Make the URL of a callback's address, or open the one that was sealed."""

    id: int
    errand: int
    number: UUID
    sealed: str | None


class Question(msgspec.Struct, tag=True, frozen=True):
    """A question to a model, as JSON of `Request`, asked in the named step."""

    id: int
    errand: int
    step: str
    asking: str | list[str] | None
    request: bytes


class Read(msgspec.Struct, tag=True, frozen=True):
    """What an answer reads as, in JSON, and whether it had to be mended for that."""

    id: int
    value: bytes
    is_mended: bool = False


class Returned(msgspec.Struct, tag=True, frozen=True):
    """The function returned this, as JSON of its type."""

    result: bytes


class Raised(msgspec.Struct, tag=True, frozen=True):
    """The function raised; `delay` is how long in seconds its retry rests, `None` if there is none.

    `is_spent` says that the process is not fit for another job, `is_free` that the rest costs no attempt.
    """

    failure: Failure
    delay: float | None
    is_spent: bool
    is_free: bool = False


class Parked(msgspec.Struct, tag=True, frozen=True):
    """The function ended because the job waits for something."""

    waits: list[UUID]


class Unwound(msgspec.Struct, tag=True, frozen=True):
    """The function ended at a step boundary because it was told to."""


Request: TypeAlias = Finished | Addressing | Question
Reading: TypeAlias = Read | Fault
Ending: TypeAlias = Returned | Raised | Parked | Unwound
Report: TypeAlias = Loaded | Began | Told | Request | Reading | Ending


def pack(message: Order | Report) -> bytes:
    """Return a message as it crosses the pipe."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames(Generic[T]):
    """Puts the pieces that come out of a pipe together again."""

    def __init__(self, kind: Any, *, most: int | None = None) -> None:  # noqa: ANN401 - a union of types, which no annotation can name
        """Read messages of `kind`, of at most so many bytes each."""
        self._most = most
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(kind)
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[T]:
        """Yield the messages that are complete; `ValueError` if what came is none."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._buffer)[0]
            if self._most is not None and end > self._most:
                raise ValueError("What came through the pipe is no message")
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield self._decoder.decode(body)
