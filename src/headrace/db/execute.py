"""Runs the queue's SQL in a caller's transaction, whichever connection the caller has: psycopg's or SQLAlchemy's."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias, cast

import psycopg

if TYPE_CHECKING:
    import sqlalchemy.ext.asyncio
    import sqlalchemy.orm

Row: TypeAlias = Sequence[Any]
AsyncCaller: TypeAlias = (
    "psycopg.AsyncConnection[Any] | sqlalchemy.ext.asyncio.AsyncConnection | sqlalchemy.ext.asyncio.AsyncSession"
)
SyncCaller: TypeAlias = "psycopg.Connection[Any] | sqlalchemy.Connection | sqlalchemy.orm.Session"


async def execute(conn: AsyncCaller, sql: LiteralString, params: Mapping[str, object]) -> list[Row]:
    """Run one statement inside the caller's transaction and return its rows."""
    if isinstance(conn, psycopg.AsyncConnection):
        cursor = await conn.execute(sql, params)
        return await cursor.fetchall() if cursor.description else []
    inner = await cast("sqlalchemy.ext.asyncio.AsyncSession", conn).connection() if _is_session(conn) else conn
    result = await cast("sqlalchemy.ext.asyncio.AsyncConnection", inner).exec_driver_sql(sql, dict(params))
    return list(result.all()) if result.returns_rows else []


def execute_sync(conn: SyncCaller, sql: LiteralString, params: Mapping[str, object]) -> list[Row]:
    """Run one statement inside the caller's transaction and return its rows; the blocking twin of `execute`."""
    if isinstance(conn, psycopg.Connection):
        cursor = conn.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
    inner = cast("sqlalchemy.orm.Session", conn).connection() if _is_session(conn) else conn
    result = cast("sqlalchemy.Connection", inner).exec_driver_sql(sql, dict(params))
    return list(result.all()) if result.returns_rows else []


async def driver_connection(conn: AsyncCaller) -> psycopg.AsyncConnection[Any]:
    """Return the psycopg connection under the caller's, with its transaction begun."""
    if isinstance(conn, psycopg.AsyncConnection):
        return conn
    inner = await cast("sqlalchemy.ext.asyncio.AsyncSession", conn).connection() if _is_session(conn) else conn
    outer = cast("sqlalchemy.ext.asyncio.AsyncConnection", inner)
    await outer.exec_driver_sql("SELECT 1")  # SQLAlchemy commits only what it saw begin
    raw = await outer.get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)


def _is_session(conn: object) -> bool:
    """Tell a session from a connection without importing SQLAlchemy into a process that doesn't use it."""
    sqlalchemy = sys.modules.get("sqlalchemy.ext.asyncio")
    orm = sys.modules.get("sqlalchemy.orm")
    return bool((sqlalchemy and isinstance(conn, sqlalchemy.AsyncSession)) or (orm and isinstance(conn, orm.Session)))
