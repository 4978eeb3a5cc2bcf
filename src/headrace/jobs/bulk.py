"""Bulk actions: cancel, retry, replay or delete all jobs of a filter, in the background, with progress and abort."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from psycopg.rows import class_row
from pydantic import TypeAdapter

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import CANCEL, JOBS, queue_topic
from headrace.errors import Conflict, InvalidInput, NotFound
from headrace.ids import new_id
from headrace.jobs.cancel import cancel_all
from headrace.jobs.listing import JobFilter, count_jobs, list_ids
from headrace.jobs.replay import replay
from headrace.jobs.retry import Resubmitted, retry
from headrace.jobs.states import State

CHUNK = 100
_FILTER: TypeAdapter[JobFilter] = TypeAdapter(JobFilter)


class Action(StrEnum):
    """What is done to each job: those it does not fit (a running job can't be deleted) are skipped and counted."""

    CANCEL = "cancel"
    RETRY = "retry"
    REPLAY = "replay"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """A bulk action as it stands; `total` is counted up to one more than 10,000, `from_step` is where replays begin."""

    id: UUID
    action: str
    from_step: str | None
    state: str
    wanted: dict[str, object]
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
    params = {
        "id": bulk_id,
        "action": action,
        "from_step": from_step,
        "wanted": _FILTER.dump_json(wanted).decode(),
        "place": bulk_id,
        "total": await count_jobs(conn, wanted),
        "now": now,
    }
    await conn.execute(query(__package__, "start_bulk"), params)
    return await show_bulk(conn, bulk_id)


async def step(conn: Connection, now: datetime | None) -> int:
    """Do the next hundred jobs of one bulk action, in one transaction with its progress; return how many were looked at."""
    row = await (await conn.execute(query(__package__, "next_bulk"))).fetchone()
    if row is None:
        return 0
    bulk_id, action, from_step, wanted, place = row
    chosen = replace(_FILTER.validate_python(wanted), before=place)
    ids = await list_ids(conn, chosen, limit=CHUNK)
    done = await _apply(conn, Action(action), from_step, ids, now=now)
    params = {
        "id": bulk_id,
        "done": done,
        "skipped": len(ids) - done,
        "place": ids[-1] if len(ids) == CHUNK else None,
        "now": now,
    }
    await conn.execute(query(__package__, "advance_bulk"), params)
    note_topics(conn, {JOBS})
    return max(1, len(ids))


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


async def _apply(
    conn: Connection, action: Action, from_step: str | None, ids: Sequence[UUID], *, now: datetime | None
) -> int:
    match action:
        case Action.DELETE:
            deleted = await conn.execute(query(__package__, "delete_jobs"), {"ids": list(ids)})
            return deleted.rowcount
        case Action.CANCEL:
            return await _cancelled(conn, ids, now)
        case Action.RETRY:
            return sum([await _resubmitted(conn, retry(conn, job_id, now=now)) for job_id in ids])
        case Action.REPLAY:
            return sum([await _resubmitted(conn, replay(conn, job_id, from_step, now=now)) for job_id in ids])
        case _:
            assert_never(action)


async def _cancelled(conn: Connection, ids: Sequence[UUID], now: datetime | None) -> int:
    states = await cancel_all(conn, ids, reason="bulk", now=now)
    if State.RUNNING in states.values():
        note_topics(conn, {CANCEL})
    return len(states)


async def _resubmitted(conn: Connection, work: Coroutine[None, None, Resubmitted]) -> bool:
    try:
        job = await work
    except (Conflict, NotFound, InvalidInput):
        return False
    note_topics(conn, {queue_topic(job.queue)})
    return True
