"""Whose things are: a job, a wait of it, a bulk action."""

from __future__ import annotations

from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from headrace.db.connect import Connection
from headrace.db.query import query


class Thing(StrEnum):
    """What has an owner."""

    JOB = "job"
    WAIT = "wait"
    BULK_ACTION = "bulk action"


async def is_owned(conn: Connection, thing: Thing, id_: UUID, owner: str) -> bool:
    """Whether there is such a thing, and it is the owner's."""
    row = await (await conn.execute(query(__package__, _QUERIES[thing]), {"id": id_, "owner": owner})).fetchone()
    return row is not None


_QUERIES: dict[Thing, LiteralString] = {
    Thing.JOB: "own_job",
    Thing.WAIT: "own_wait",
    Thing.BULK_ACTION: "own_bulk",
}
