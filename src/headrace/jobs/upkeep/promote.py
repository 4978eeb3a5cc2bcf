"""Promotion: scheduled jobs whose time has come are queued."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.limits import admit
from headrace.jobs.upkeep.duty import Done


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Queue what is due, up to 1,000 jobs."""
    rows = await (await conn.execute(query(__package__, "promote_jobs"), {"now": now})).fetchall()
    await admit(conn, {key for _, key in rows if key}, now=now)
    return Done(len(rows), frozenset({queue_topic(queue) for queue, key in rows if not key} | {JOBS} if rows else ()))
