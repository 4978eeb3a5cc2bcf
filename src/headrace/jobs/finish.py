"""Finishing: a batch of outcomes is written in one statement, each at most once, only by the run that owns its job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.job import Ending, Lease, Outcome
from headrace.jobs.states import State


async def finish(
    conn: Connection, outcomes: Sequence[Outcome], *, now: datetime | None = None
) -> dict[UUID, tuple[State, str]]:
    """Write outcomes; return state and queue of each job that was written.

    A job that is missing in the answer was written before, or its run had lost it: there is nothing left to do.
    """
    cursor = await conn.execute(query(__package__, "finish_jobs"), {"batch": _batch(outcomes), "now": now})
    row = await cursor.fetchone()
    written: list[tuple[str, str, str]] = orjson.loads(row[0]) if row and row[0] else []
    return {UUID(id_): (State(state), queue) for id_, state, queue in written}


async def release_all(conn: Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt."""
    await finish(conn, _releases(leases), now=now)


def release_sync(conn: psycopg.Connection, leases: Iterable[Lease], *, now: datetime | None = None) -> None:
    """Give jobs back to their queues at no cost of an attempt, from a thread with a connection of its own."""
    conn.execute(query(__package__, "finish_jobs"), {"batch": _batch(_releases(leases)), "now": now})


def _releases(leases: Iterable[Lease]) -> list[Outcome]:
    return [Outcome(lease=lease, ending=Ending.RELEASED, stopped="released") for lease in leases]


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
    }
