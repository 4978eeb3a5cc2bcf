"""Bulk actions go on, some hundreds of jobs at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import CANCEL, JOBS, queue_topic
from headrace.jobs.bulk import FILTER, Action
from headrace.jobs.cancel import cancel_all
from headrace.jobs.listing import list_ids
from headrace.jobs.replay import replay_all
from headrace.jobs.retry import Resubmitted, retry_all
from headrace.jobs.states import State
from headrace.jobs.upkeep.duty import Done

CHUNK = 500


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Do the next jobs of the oldest bulk action, in one transaction with its progress."""
    row = await (await conn.execute(query(__package__, "next_bulk"))).fetchone()
    if row is None:
        return Done(0)
    bulk_id, action, from_step, wanted, place = row
    chosen = replace(FILTER.validate_python(wanted), before=place)
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
    return Done(max(1, len(ids)))


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
            return _woken(conn, await retry_all(conn, dict.fromkeys(ids), now=now))
        case Action.REPLAY:
            return _woken(conn, await replay_all(conn, ids, str(from_step), now=now))
        case _:
            assert_never(action)


async def _cancelled(conn: Connection, ids: Sequence[UUID], now: datetime | None) -> int:
    states = await cancel_all(conn, ids, reason="bulk", now=now)
    if State.RUNNING in states.values():
        note_topics(conn, {CANCEL})
    return len(states)


def _woken(conn: Connection, jobs: Sequence[Resubmitted]) -> int:
    note_topics(conn, {queue_topic(job.queue) for job in jobs})
    return len(jobs)
