"""Runs the ledger's statements, so that several of one transaction can be on their way together."""

from __future__ import annotations

from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row

from headrace.db.connect import Connection
from headrace.db.query import query


async def run(conn: Connection, name: str, /, **params: object) -> AsyncCursor[DictRow]:
    """Send a statement of `queries` and return its cursor; in a pipeline, its rows may still be on their way."""
    cursor = conn.cursor(row_factory=dict_row)
    await cursor.execute(query(__package__, name), params)
    return cursor
