"""Finishing: a batch of outcomes is written in one statement, each at most once, only by the run that owns its job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import queue_topic
from headrace.jobs.job import Ending, Lease, Outcome
from headrace.jobs.limits import admit
from headrace.jobs.states import State
from headrace.jobs.waits import lock_jobs


async def finish(
    conn: Connection, outcomes: Sequence[Outcome], *, now: datetime | None = None
) -> dict[UUID, tuple[State, str]]:
    """Write outcomes; return state and queue of each job that was written.

    A job that is missing in the answer was written before, or its run had lost it: there is nothing left to do. A batch with
    limit keys is a transaction of two statements, the second admits who waited for the room that was made. Parks come first,
    in a transaction of their own.
    """
    parks = [outcome for outcome in outcomes if outcome.ending is Ending.PARKED]
    rows = await _park(conn, parks, now) if parks else []
    others = [outcome for outcome in outcomes if outcome.ending is not Ending.PARKED] if parks else outcomes
    rows += await _finish(conn, others, now) if others else []
    woken = {queue_topic(row.queue) for row in rows if row.state == State.QUEUED or row.made_room}
    note_topics(conn, woken)
    return {UUID(row.id): (State(row.state), row.queue) for row in rows}


async def release_all(conn: Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt."""
    await finish(conn, _releases(leases), now=now)


def release_sync(conn: psycopg.Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt, from a thread with a connection of its own."""
    with conn.transaction():
        params = {"batch": _batch(_releases(leases)), "now": now}
        rows = _rows(conn.execute(query(__package__, "finish_jobs"), params).fetchone())
        keys = sorted({row.limit_key for row in rows if row.limit_key})
        conn.execute(query(__package__, "admit_blocked"), {"keys": keys, "now": now})


def _releases(leases: Iterable[Lease]) -> list[Outcome]:
    # who asks for these doesn't know whether there is a limit key, so all count as having one
    held = (replace(lease, has_limit_key=True) for lease in leases)
    return [Outcome(lease=lease, ending=Ending.RELEASED, stopped="released") for lease in held]


async def _park(conn: Connection, parks: Sequence[Outcome], now: datetime | None) -> list[_Row]:
    """Park jobs, or queue those whose wait was settled before.

    The jobs are locked by a statement of its own: whoever settles a wait does the same first, so that either the park sees
    the answer, or the answer finds the job parked.
    """
    async with conn.transaction():
        await lock_jobs(conn, [park.lease.job_id for park in parks])
        return await _finish(conn, parks, now)


async def _finish(conn: Connection, outcomes: Sequence[Outcome], now: datetime | None) -> list[_Row]:
    params = {"batch": _batch(outcomes), "now": now}
    if not any(outcome.lease.has_limit_key for outcome in outcomes):
        return await _write(conn, params)
    async with conn.transaction():
        rows = await _write(conn, params)
        await admit(conn, {row.limit_key for row in rows if row.limit_key}, now=now)
        return rows


class _Row(NamedTuple):
    id: str
    state: str
    queue: str
    limit_key: str | None
    made_room: bool


async def _write(conn: Connection, params: Mapping[str, object]) -> list[_Row]:
    return _rows(await (await conn.execute(query(__package__, "finish_jobs"), params)).fetchone())


def _rows(answer: Sequence[Any] | None) -> list[_Row]:
    return [_Row(*row) for row in orjson.loads(answer[0])] if answer and answer[0] else []


def _batch(outcomes: Sequence[Outcome]) -> str:
    return orjson.dumps([_row(outcome) for outcome in outcomes]).decode()


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.lease.job_id,
        "fence": outcome.lease.fence,
        "ending": outcome.ending,
        "result": orjson.Fragment(outcome.result) if outcome.result is not None else None,
        "error": outcome.error,
        "delay": outcome.delay.total_seconds(),
        "stopped": outcome.stopped,
        **({"waits": outcome.waits} if outcome.waits else {}),
    }
