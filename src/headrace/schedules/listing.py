"""Schedules as they stand, a page at a time by name, and what they fired last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.schedules.declare import read_now
from headrace.schedules.schedule import rule_of

NEXT_TIMES = 5


async def list_schedules(conn: Connection, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` schedules by name, those after a name if it is given."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "list_schedules"), {"after": after, "limit": limit})
        return await cursor.fetchall()


async def list_firings(conn: Connection, name: str) -> list[dict[str, Any]]:
    """Return the last ten planned times that were fired, newest first, with the states of their jobs."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "list_firings"), {"name": name})
        return await cursor.fetchall()


async def next_times(conn: Connection, row: dict[str, Any], now: datetime | None) -> list[datetime]:
    """Return the next five times of a schedule's row; none while it is paused or retired."""
    if row["paused_at"] or row["retired_at"] or row["next_at"] is None:
        return []
    return rule_of(row).parsed().next_times(await read_now(conn, now), NEXT_TIMES)
