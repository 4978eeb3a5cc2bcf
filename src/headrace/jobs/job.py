"""What passes through the queue: a submission in, a claimed job to a worker, an outcome back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, TypeAlias, TypedDict
from uuid import UUID

import msgspec

from headrace.ids import new_id
from headrace.jobs.limits import LimitKey, RateKey
from headrace.jobs.states import State

# What to do when an unfinished job holds the unique key: give that one, let it take over what is new, or refuse.
IfExists: TypeAlias = Literal["return", "replace", "reject"]

INPUT_MAX = 1024 * 1024
RESULT_MAX = 256 * 1024
ERROR_TEXT_MAX = 8_000
TRACEBACK_MAX = 16_000


class Submission(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A job to be: `input` is JSON text; a lower `priority` runs sooner.

    `delay` counts from the insertion, on the database's clock. `if_exists` says what a unique key that is held means.
    `planned_at` is the planned time of the schedule's firing that submits it, `call_id` the call that a child came by.
    """

    task: str
    queue: str
    input: bytes
    attempts: int = 1
    priority: int = 0
    run_at: datetime | None = None
    planned_at: datetime | None = None
    delay: timedelta | None = None
    unique_key: str | None = None
    if_exists: IfExists = "return"
    owner: str | None = None
    tags: tuple[str, ...] = ()
    limit_key: LimitKey | None = None
    rate_key: RateKey | None = None
    call_id: UUID | None = None
    id: UUID = msgspec.field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer to a submission: `created` is false when an unfinished job with the unique key was there already.

    `replaced` says that the job had not begun and took over this submission's input and start.
    """

    id: UUID
    state: State
    created: bool
    replaced: bool = False


# What every run has one of is a struct: made and decoded from JSON in C, ten times as fast as a frozen dataclass, and no
# burden to the garbage collector, since none can be part of a cycle.
class Lease(msgspec.Struct, frozen=True, array_like=True, eq=False, gc=False):
    """The right to write a job: valid while the row still carries this fence."""

    job_id: UUID
    fence: int
    has_limit_key: bool = False
    is_plain: bool = False
    """Whether nothing hung on the job's end when it was claimed: no limit key, no call, no children."""

    def __eq__(self, other: object) -> bool:
        """Compare job and fence alone: not everybody knows of the limit key."""
        return isinstance(other, Lease) and (self.job_id, self.fence) == (other.job_id, other.fence)

    def __hash__(self) -> int:
        """Hash the job alone: two leases of one job seldom meet."""
        return hash(self.job_id.int)


class Claimed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A job as a worker gets it; `input` is `None` when it is large and has to be fetched."""

    lease: Lease
    task: str
    queue: str
    run: int
    failures: int
    attempts: int
    alone: bool
    owner: str | None
    has_history: bool
    input: Any  # JSON; pydantic's name for it means nothing to msgspec
    planned_at: datetime | None = None


class Failure(TypedDict, total=False):
    """Why a run or a job failed, as stored and shown."""

    code: str
    message: str
    type: str
    traceback: str
    fingerprint: str


class Ending(StrEnum):
    """How a run ended, as the worker saw it; a cancel request may turn it into `cancelled` when it is written."""

    COMPLETED = "completed"
    FAILED = "failed"
    RETRY = "retry"
    RELEASED = "released"
    PARKED = "parked"


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one run came to: `result` is JSON text, `delay` is how long a retried or released job rests first.

    `stopped` goes into the cancel receipt: how the run was stopped. A parked one names the waits that it is parked on.
    """

    lease: Lease
    ending: Ending
    result: bytes | None = None
    error: Failure | None = None
    delay: timedelta = timedelta(0)
    stopped: str | None = None
    waits: tuple[UUID, ...] = ()
