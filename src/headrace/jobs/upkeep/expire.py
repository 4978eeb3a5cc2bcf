"""Expiry: sleeps that are over are answered, waits that nobody answered in time expire, and their jobs go on."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.states import State
from headrace.jobs.upkeep.duty import Done
from headrace.jobs.wait import Kind, Settlement, WaitState
from headrace.jobs.waits import settle


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Settle what is due, up to a thousand waits."""
    locked = await (await conn.execute(query(__package__, "lock_due_jobs"), {"now": now})).fetchall()
    if not locked:
        return Done(0)
    states = {id_: State(state) for id_, state in locked}
    params = {"jobs": list(states), "now": now}
    due = await (await conn.execute(query(__package__, "find_due_waits"), params)).fetchall()
    await settle(conn, [Settlement(wait=id_, state=_end_of(kind, states[job])) for id_, job, kind in due], now=now)
    return Done(len(due))


def _end_of(kind: str, job: State) -> WaitState:
    if job.is_final:
        return WaitState.CLOSED
    return WaitState.ANSWERED if kind == Kind.SLEEP else WaitState.EXPIRED
