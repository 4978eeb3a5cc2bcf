"""Rows of a told week on their way into the tables: many by COPY, those that may be there already one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from psycopg import sql

from headrace.db.connect import Connection

Row: TypeAlias = dict[str, object]


async def copy_rows(conn: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Add rows, all of the same columns, to a table `schema.name`."""
    if not rows:
        return
    columns = list(rows[0])
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(_named(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    async with conn.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            await copy.write_row([row[column] for column in columns])


async def add_new(conn: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Add those rows to a table whose key is not there yet."""
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        _named(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(statement, rows)


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
