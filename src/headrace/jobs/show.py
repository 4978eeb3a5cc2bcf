"""Reading one job: itself, its events, steps and runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import NotFound


async def show_job(conn: Connection, job_id: UUID) -> dict[str, Any]:
    """Return a job with input and result; raises `NotFound`."""
    return (await _rows(conn, "show_job", job_id))[0]


async def list_events(conn: Connection, job_id: UUID, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Return the events after a number, in order; raises `NotFound`."""
    rows = await _rows(conn, "list_events", job_id, after=after, limit=limit)
    return [row for row in rows if row["seq"] is not None]


async def list_steps(conn: Connection, job_id: UUID) -> list[dict[str, Any]]:
    """Return the finished steps, in order; raises `NotFound`."""
    return [row for row in await _rows(conn, "list_steps", job_id) if row["name"] is not None]


async def list_runs(conn: Connection, job_id: UUID) -> list[dict[str, Any]]:
    """Return the runs, the present or last one included; raises `NotFound`."""
    return [row for row in await _rows(conn, "list_runs", job_id) if row["run"] is not None]


async def list_children(conn: Connection, job_id: UUID, *, call: UUID, place: int, limit: int) -> list[dict[str, Any]]:
    """Return the children after a call and a place in it, in order; raises `NotFound`."""
    rows = await _rows(conn, "list_children", job_id, call=call, place=place, limit=limit)
    return [row for row in rows if row["id"] is not None]


async def list_workers(conn: Connection, lease: timedelta) -> list[dict[str, Any]]:
    """Return the workers, living ones first, at most 200; `lease` is how long one lasts."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "list_workers"), {"lease": lease.total_seconds()})
        return await cursor.fetchall()


async def _rows(conn: Connection, name: str, job_id: UUID, **params: int | UUID) -> list[dict[str, Any]]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, name), {"id": job_id, **params})
        rows = await cursor.fetchall()
    if not rows:
        raise NotFound(f"There is no job {job_id}")
    return rows
