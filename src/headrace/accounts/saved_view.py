"""Saved views: a screen of the dashboard with its filters, under a name of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import Conflict, NotFound

VIEWS_MAX = 100


@dataclass(frozen=True, slots=True)
class SavedView:
    """A screen with the query of its address."""

    name: str
    screen: str
    query: str
    changed_at: datetime


async def list_views(conn: Connection, user_id: UUID) -> list[SavedView]:
    """Return the views of a user by name."""
    async with conn.cursor(row_factory=class_row(SavedView)) as cursor:
        await cursor.execute(query(__package__, "list_saved_views"), {"user": user_id})
        return await cursor.fetchall()


async def save(
    conn: Connection, user_id: UUID, name: str, *, screen: str, asked: str, now: datetime | None = None
) -> SavedView:
    """Make a view, or change the one of that name, in the caller's transaction; raises `Conflict` past a hundred."""
    await conn.execute("SELECT FROM headrace.users WHERE id = %s FOR UPDATE", (user_id,))
    async with conn.cursor(row_factory=class_row(SavedView)) as cursor:
        params = {"user": user_id, "name": name, "screen": screen, "query": asked, "now": now}
        await cursor.execute(query(__package__, "set_saved_view"), params)
        [saved] = await cursor.fetchall()
    if len(await list_views(conn, user_id)) > VIEWS_MAX:
        raise Conflict(f"There are {VIEWS_MAX} saved views already; delete those that you no longer use")
    return saved


async def delete(conn: Connection, user_id: UUID, name: str) -> None:
    """Delete a view; raises `NotFound`."""
    deleted = await conn.execute(query(__package__, "delete_saved_view"), {"user": user_id, "name": name})
    if not deleted.rowcount:
        raise NotFound("You have no saved view of this name")
