"""Bulk actions: cancel, retry, replay or delete all jobs of a filter, in the background, with progress and abort."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row
from pydantic import TypeAdapter

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import InvalidInput, NotFound
from headrace.ids import new_id
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.listing import count_jobs, search_end

FILTER: TypeAdapter[JobFilter] = TypeAdapter(JobFilter)


class Action(StrEnum):
    """What is done to each job: those it does not fit (a running job can't be deleted) are skipped and counted."""

    CANCEL = "cancel"
    RETRY = "retry"
    REPLAY = "replay"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """A bulk action as it stands; `total` is counted up to one more than 10,000, `from_step` is where replays begin.

    `wanted` is its filter without the ids of the jobs that were `named` one by one.
    """

    id: UUID
    action: str
    from_step: str | None
    state: str
    wanted: dict[str, object]
    named: int
    total: int
    done: int
    skipped: int
    created_at: datetime
    finished_at: datetime | None


async def start(
    conn: Connection,
    action: Action,
    wanted: JobFilter,
    *,
    from_step: str | None = None,
    now: datetime | None = None,
) -> BulkAction:
    """Enter a bulk action on the jobs there are now; a replay begins at `from_step` in each.

    Raises `InvalidInput` for a filter that can't match, or a step that is missing or not asked for.
    """
    if action is not Action.CANCEL and wanted.states and not all(state.is_final for state in wanted.states):
        raise InvalidInput(f"A bulk {action} takes finished jobs: ask for final states", pointer="/filter/state")
    if (action is Action.REPLAY) != (from_step is not None):
        raise InvalidInput("A bulk replay, and nothing else, says from_step: where it begins", pointer="/from_step")
    bulk_id = new_id()
    wanted = replace(wanted, before=None)
    wanted = replace(wanted, oldest=await search_end(conn, wanted))
    params = {
        "id": bulk_id,
        "action": action,
        "from_step": from_step,
        "wanted": FILTER.dump_json(wanted, exclude_defaults=True).decode(),
        "place": bulk_id,
        "total": await count_jobs(conn, wanted),
        "now": now,
    }
    await conn.execute(query(__package__, "start_bulk"), params)
    return await show_bulk(conn, bulk_id)


async def abort(conn: Connection, bulk_id: UUID, *, now: datetime | None = None) -> BulkAction:
    """End a bulk action where it is; one that is over stays as it is. Raises `NotFound`."""
    await conn.execute(query(__package__, "abort_bulk"), {"id": bulk_id, "now": now})
    return await show_bulk(conn, bulk_id)


async def show_bulk(conn: Connection, bulk_id: UUID) -> BulkAction:
    """Return a bulk action; raises `NotFound`."""
    found = await list_bulk(conn, bulk_id)
    if not found:
        raise NotFound(f"There is no bulk action {bulk_id}")
    return found[0]


async def list_bulk(conn: Connection, bulk_id: UUID | None = None, *, owner: str | None = None) -> list[BulkAction]:
    """Return the newest hundred bulk actions, those on one owner's jobs if asked for, or the one with an id."""
    async with conn.cursor(row_factory=class_row(BulkAction)) as cursor:
        await cursor.execute(query(__package__, "list_bulk"), {"id": bulk_id, "owner": owner})
        return await cursor.fetchall()
