"""Finishing: a batch of outcomes is written in one statement, each at most once, only by the run that owns its job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
import orjson
import psycopg

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import queue_topic
from headrace.jobs.called import abandon, see_to
from headrace.jobs.fingerprint import fingerprint
from headrace.jobs.job import Ending, Failure, Lease, Outcome
from headrace.jobs.limits import admit
from headrace.jobs.states import State
from headrace.jobs.waits import lock_jobs

# State and queue of the jobs that were written.
Written: TypeAlias = dict[UUID, tuple[State, str]]


async def finish(conn: Connection, outcomes: Sequence[Outcome], *, now: datetime | None = None) -> Written:
    """Write outcomes; return state and queue of each job that was written.

    A job that is missing in the answer was written before, or its run had lost it: there is nothing left to do. A batch with
    limit keys is a transaction of two statements, the second admits who waited for the room that was made. Parks come first,
    in a transaction of their own, and at last the calls that are over now, in one that may fail: upkeep does it then.
    """
    parks = [outcome for outcome in outcomes if outcome.ending is Ending.PARKED]
    if not parks:
        return await _finish(conn, outcomes, now)
    written = await _park(conn, parks, now)
    others = [outcome for outcome in outcomes if outcome.ending is not Ending.PARKED]
    return written | await _finish(conn, others, now) if others else written


async def release_all(conn: Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt."""
    await finish(conn, _releases(leases), now=now)


def release_sync(conn: psycopg.Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt, from a thread with a connection of its own."""
    with conn.transaction():
        params = {"batch": _batch(_releases(leases)), "now": now}
        groups = _groups(conn.execute(query(__package__, "finish_jobs"), params).fetchone())
        keys = sorted({group.limit_key for group in groups if group.limit_key})
        conn.execute(query(__package__, "admit_blocked"), {"keys": keys, "now": now})


def _releases(leases: Iterable[Lease]) -> list[Outcome]:
    # who asks for these doesn't know whether there is a limit key, so all count as having one
    held = (Lease(lease.job_id, lease.fence, has_limit_key=True) for lease in leases)
    return [Outcome(lease=lease, ending=Ending.RELEASED, stopped="released") for lease in held]


async def _park(conn: Connection, parks: Sequence[Outcome], now: datetime | None) -> Written:
    """Park jobs, or queue those whose wait was settled before.

    The jobs are locked by a statement of its own: whoever settles a wait does the same first, so that either the park sees
    the answer, or the answer finds the job parked.
    """
    async with conn.transaction():
        await lock_jobs(conn, [park.lease.job_id for park in parks])
        return await _finish(conn, parks, now)


async def _finish(conn: Connection, outcomes: Sequence[Outcome], now: datetime | None) -> Written:
    params = {"batch": _batch(outcomes), "now": now}
    if not any(outcome.lease.has_limit_key for outcome in outcomes):
        groups = await _write(conn, params)
    else:
        async with conn.transaction():
            groups = await _write(conn, params)
            await admit(conn, {group.limit_key for group in groups if group.limit_key}, now=now)
    note_topics(conn, {queue_topic(group.queue) for group in groups if group.state is State.QUEUED or group.made_room})
    await _see_to_calls(conn, outcomes, groups, now=now)
    return {outcomes[n].lease.job_id: (group.state, group.queue) for group in groups for n in group.numbers}


async def _see_to_calls(
    conn: Connection, outcomes: Sequence[Outcome], groups: Sequence[_Group], *, now: datetime | None
) -> None:
    ended = [outcomes[n].lease.job_id for group in groups if group.is_ended_parent for n in group.numbers]
    if ended:
        await abandon(conn, ended)
    due = {group.due_call for group in groups if group.due_call}
    if due:
        await see_to(conn, due, now=now)


class _Group(msgspec.Struct, array_like=True):
    """Written outcomes with the same state, queue, key and call to see to, by their places in the batch."""

    state: State
    queue: str
    limit_key: str | None
    made_room: bool
    due_call: UUID | None
    is_ended_parent: bool
    numbers: list[int]


_GROUPS = msgspec.json.Decoder(list[_Group])


async def _write(conn: Connection, params: Mapping[str, object]) -> list[_Group]:
    return _groups(await (await conn.execute(query(__package__, "finish_jobs"), params)).fetchone())


def _groups(answer: Sequence[Any] | None) -> list[_Group]:
    return _GROUPS.decode(answer[0]) if answer and answer[0] else []


def _batch(outcomes: Sequence[Outcome]) -> str:
    rows = [_row(number, outcome) for number, outcome in enumerate(outcomes)]
    rows.sort(key=lambda row: row["id"].int)  # the order in which everybody locks jobs
    return orjson.dumps(rows).decode()


def _row(number: int, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "n": number,
        "id": outcome.lease.job_id,
        "fence": outcome.lease.fence,
        "ending": outcome.ending,
    }
    if outcome.result is not None:
        row["result"] = orjson.Fragment(outcome.result)
    if outcome.ending is not Ending.COMPLETED:
        row |= {"error": _marked(outcome.error), "delay": outcome.delay.total_seconds(), "waits": outcome.waits}
    if outcome.stopped is not None:
        row["stopped"] = outcome.stopped
    return row


def _marked(error: Failure | None) -> Failure | None:
    return None if error is None else Failure(**{**error, "fingerprint": fingerprint(error)})
