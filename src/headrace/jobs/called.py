"""Calls of children in the tables: opened with their jobs, counted down as those end, and seen to when they are due."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from msgspec import structs
from psycopg.rows import class_row, dict_row

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import CANCEL, JOBS, queue_topic
from headrace.errors import LeaseLost
from headrace.jobs import journal
from headrace.jobs.cancel import cancel_all
from headrace.jobs.child_errors import TooManyChildren
from headrace.jobs.copying import submit_many
from headrace.jobs.job import Failure, Submission
from headrace.jobs.journal import Entry
from headrace.jobs.limits import lock_keys
from headrace.jobs.states import State
from headrace.jobs.wait import Settlement, WaitState
from headrace.jobs.waits import lock_jobs, settle
from headrace.json import encode
from headrace.log import get_logger

log = get_logger(__name__)

DEPTH_MAX = 16
CANCELLED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to be: the entry that opens its wait under the parent's lease, and the children, in the order of the inputs."""

    id: UUID
    entry: Entry
    children: Sequence[Submission]
    fail_fast: bool
    limit_key: str | None


class Child(NamedTuple):
    """What came of a child; `state` is `None` if the job is deleted."""

    place: int
    id: UUID
    task: str | None
    state: State | None
    result: str | None
    error: Failure | None


async def open_call(conn: Connection, call: Call, *, now: datetime | None = None) -> None:
    """Open a call and submit its children, in one transaction under the parent's lease; doing it twice changes nothing.

    Children that a retried job's same call completed are adopted, not run again. Raises `LeaseLost`, `TooManyChildren`.
    """
    async with conn.transaction():
        parent = call.entry.lease.job_id
        await lock_jobs(conn, [parent])
        known = await conn.execute("SELECT FROM headrace.job_calls WHERE id = %s", (call.id,))
        if known.rowcount:
            return  # an earlier try was committed and its answer lost
        if parent not in await journal.write(conn, [call.entry], monotonic=time.monotonic(), now=now):
            raise LeaseLost(f"This run no longer owns job {parent}; it goes on elsewhere")
        done = await _done_before(conn, call)
        owner, tags = await _insert(conn, call, left=len(call.children) - len(done))
        new = [
            structs.replace(child, owner=owner, tags=tuple(tags), call_id=call.id)
            for place, child in enumerate(call.children)
            if place not in done
        ]
        await lock_keys(conn, {child.limit_key for child in new if child.limit_key})
        await submit_many(conn, new, now=now)
        await _link(conn, call, done)
    note_topics(conn, {JOBS, *(queue_topic(child.queue) for child in new)})


async def see_to(conn: Connection, calls: Collection[UUID], *, now: datetime | None = None) -> None:
    """Attend to calls that are due, in a transaction of its own; where it fails, upkeep does it."""
    try:
        await attend(conn, calls, now=now)
    except psycopg.Error as error:
        log.warning("calls.unattended", calls=len(calls), error=f"{type(error).__name__}: {error}".strip())


async def attend(conn: Connection, calls: Collection[UUID], *, now: datetime | None = None) -> None:
    """Settle calls that are over, which resumes their parents; those with children to cancel stay due.

    A call is over when all children have ended, or with the first failure if it is to fail fast.
    """
    async with conn.transaction():
        cursor = await conn.execute("SELECT parent_id FROM headrace.job_calls WHERE id = ANY (%s)", (list(calls),))
        await lock_jobs(conn, {parent for (parent,) in await cursor.fetchall()})
        await conn.execute(query(__package__, "lock_calls"), {"calls": list(calls)})
        async with conn.cursor(row_factory=class_row(_Standing)) as judged:
            await judged.execute(query(__package__, "judge_calls"), {"calls": list(calls)})
            standing = await judged.fetchall()
        rested = [call.id for call in standing if not call.is_left]
        await conn.execute(query(__package__, "rest_calls"), {"calls": rested})
        settlements = await _settlements(conn, [call for call in standing if call.is_over])
        if settlements:
            await settle(conn, settlements, now=now)


async def abandon(conn: Connection, parents: Sequence[UUID]) -> None:
    """Have the children of jobs that have ended cancelled by upkeep."""
    await conn.execute(query(__package__, "abandon_calls"), {"parents": list(parents)})


async def cancel_left(conn: Connection, calls: Collection[UUID], *, now: datetime | None = None) -> int:
    """Cancel children whose parent has ended or whose call has failed, up to a thousand; return how many."""
    params = {"calls": list(calls), "most": CANCELLED_AT_ONCE}
    cursor = await conn.execute(query(__package__, "find_left_children"), params)
    left = [id_ for (id_,) in await cursor.fetchall()]
    states = await cancel_all(conn, left, reason="parent", now=now) if left else {}
    if State.RUNNING in states.values():
        note_topics(conn, {CANCEL})
    return len(states)


async def find_due(conn: Connection, *, most: int) -> list[UUID]:
    """Return calls about which something has to be done."""
    cursor = await conn.execute(query(__package__, "find_due_calls"), {"most": most})
    return [id_ for (id_,) in await cursor.fetchall()]


async def read_children(conn: Connection, call_id: UUID) -> list[Child]:
    """Return the children of a call in the order of the inputs."""
    rows = await (await conn.execute(query(__package__, "fetch_children"), {"call": call_id})).fetchall()
    return [Child(row[0], row[1], row[2], State(row[3]) if row[3] else None, *row[4:]) for row in rows]


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a call stands."""

    id: UUID
    state: str
    children: int
    children_left: int
    failures: int
    is_abandoned: bool
    is_failed: bool
    is_left: bool

    @property
    def is_over(self) -> bool:
        """Whether its parent can go on, and is there to do it."""
        return self.state == WaitState.OPEN and not self.is_abandoned and (self.is_failed or self.children_left <= 0)


async def _settlements(conn: Connection, over: Sequence[_Standing]) -> list[Settlement]:
    failed = [call.id for call in over if call.is_failed]
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "find_first_failures"), {"calls": failed})
        failures = {row.pop("call_id"): row for row in await cursor.fetchall()}
    return [
        Settlement(wait=call.id, state=WaitState.FAILED, answer=encode(failures[call.id]))
        if call.is_failed
        else Settlement(wait=call.id, state=WaitState.ANSWERED, answer=encode(_answer(call)))
        for call in over
    ]


def _answer(call: _Standing) -> dict[str, object]:
    return {"call": call.id, "children": call.children, "failures": call.failures}


async def _done_before(conn: Connection, call: Call) -> dict[int, UUID]:
    opened = call.entry.waits[0]
    params = {"parent": call.entry.lease.job_id, "name": opened.name, "args_hash": opened.args_hash}
    return dict(await (await conn.execute(query(__package__, "find_done_before"), params)).fetchall())


async def _insert(conn: Connection, call: Call, *, left: int) -> tuple[str | None, list[str]]:
    params = {
        "id": call.id,
        "parent": call.entry.lease.job_id,
        "fail_fast": call.fail_fast,
        "children": len(call.children),
        "children_left": left,
        "limit_key": call.limit_key,
    }
    row = await (await conn.execute(query(__package__, "insert_call"), params)).fetchone()
    assert row is not None
    depth, owner, tags = row
    if depth > DEPTH_MAX:
        raise TooManyChildren(
            f"Children may call children {DEPTH_MAX} levels deep; this call would be level {depth}. Look for a task that "
            "calls itself without an end"
        )
    return owner, tags


async def _link(conn: Connection, call: Call, done: Mapping[int, UUID]) -> None:
    async with (
        conn.cursor() as cursor,
        cursor.copy("COPY headrace.job_children (call_id, place, child_id) FROM STDIN") as copy,
    ):
        for place, child in enumerate(call.children):
            await copy.write_row((call.id, place, done.get(place, child.id)))
