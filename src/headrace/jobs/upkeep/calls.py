"""Calls that are due: parents go on whose children are done, and children are cancelled whose parent has ended."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.jobs.called import attend, cancel_left, find_due
from headrace.jobs.upkeep.duty import Done

CALLS_AT_ONCE = 20


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Cancel children that nobody waits for any more, a thousand at once; if there are none, resume parents."""
    due = await find_due(conn, most=CALLS_AT_ONCE)
    if not due:
        return Done(0)
    cancelled = await cancel_left(conn, due, now=now)
    if not cancelled:
        await attend(conn, due, now=now)
    return Done(cancelled or len(due))
