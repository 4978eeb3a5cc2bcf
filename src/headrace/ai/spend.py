"""Reading the ledger: its calls, and what they came to by day, task, owner or model, from sums and not from the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.errors import InvalidInput, NotFound

ROWS_MAX = 1_000


class By(StrEnum):
    """What spending is summed by."""

    DAY = "day"
    TASK = "task"
    OWNER = "owner"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls to list; what is left empty does not narrow. `before` is the id at which the last page ended."""

    task: str | None = None
    owner: str | None = None
    provider: str | None = None
    model: str | None = None
    state: str | None = None
    before: UUID | None = None


async def list_calls(conn: Connection, wanted: CallFilter, *, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` calls, newest first, of the newest 50,000."""
    filters = {name: getattr(wanted, name) for name in ("task", "owner", "provider", "model", "state", "before")}
    return await (await run(conn, "list_calls", **filters, limit=limit)).fetchall()


async def list_calls_of(conn: Connection, job: UUID, *, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` calls of a job in the order they were made; raises `NotFound`."""
    rows = await (await run(conn, "list_calls_of_job", job=job, after=after, limit=limit)).fetchall()
    if not rows:
        raise NotFound(f"There is no job {job}")
    return [row for row in rows if row["id"] is not None]


async def sum_spend(
    conn: Connection, by: By, first: date, last: date, *, task: str | None = None, owner: str | None = None
) -> Sequence[dict[str, Any]]:
    """Return what the calls that began from `first` to `last` (UTC) came to, at most 1,000 rows."""
    if first > last:
        raise InvalidInput("`from` has to be no later than `to`")
    span = {"first": first, "last": last, "task": task, "owner": owner}
    return await (await run(conn, "sum_spend", by=by, **span, limit=ROWS_MAX)).fetchall()


async def list_asked(conn: Connection, since: date) -> list[str]:
    """Return the models that were asked since a day, `provider:model`, at most 1,000."""
    rows = await (await run(conn, "list_asked", since=since, limit=ROWS_MAX)).fetchall()
    return [f"{row['provider']}:{row['model']}" for row in rows]


async def total_spend(conn: Connection) -> list[dict[str, Any]]:
    """Return what all calls ever came to, by provider and model; it only falls when a lost call is put right."""
    return await (await run(conn, "total_spend")).fetchall()
