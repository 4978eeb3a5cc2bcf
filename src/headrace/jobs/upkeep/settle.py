"""Settling: limit keys with room admit who waits at them, and bounded queues count what really runs."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.limits import admit
from headrace.jobs.upkeep.duty import Done


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Mend what a change of a limit left behind."""
    # not prepared: a statement without parameters keeps its plan whatever becomes of the table
    keys = await (await conn.execute(query(__package__, "find_open_keys"), prepare=False)).fetchall()
    admitted = await admit(conn, [key for (key,) in keys], now=now)
    await conn.execute(query(__package__, "lock_bounded_queues"))
    recounted = await conn.execute(query(__package__, "recount_queues"), prepare=False)
    return Done(admitted + recounted.rowcount)
