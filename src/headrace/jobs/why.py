"""Why is it not running? Every unfinished job that no worker holds can say what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.states import State
from headrace.jobs.tally import CAP, Tally
from headrace.jobs.wait import Kind


class Reason(StrEnum):
    """What a job waits for; the first that holds is told."""

    SCHEDULED = "scheduled"
    BLOCKED = "key_full"
    WAITING = "waiting"
    QUEUE_PAUSED = "queue_paused"
    NO_WORKER = "no_worker"
    ALONE = "alone"
    IN_LINE = "in_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a job does not run: `until` which time, if that is known; `position` in its queue's line (1 is next)."""

    reason: Reason
    detail: str
    until: datetime | None = None
    position: Tally | None = None


async def explain(conn: Connection, job_id: UUID, state: State, *, now: datetime | None = None) -> Why | None:
    """Return why a job of this state does not run; `None` if it runs, has ended, or has another state by now."""
    params = {"id": job_id, "state": state, "now": now, "cap": CAP}
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "explain_job"), params)
        row = await cursor.fetchone()
    return _why(state, row) if row else None


def _why(state: State, row: dict[str, Any]) -> Why:
    match state:
        case State.SCHEDULED:
            return _scheduled(row)
        case State.BLOCKED:
            full = f"{row['used']} of {row['capacity']} jobs of its limit key are queued or running"
            return Why(reason=Reason.BLOCKED, detail=f"{full}; it is queued when one of them ends.")
        case State.WAITING if row["children_left"]:
            left = f"{row['children_left']:,} of {row['children']:,} children"
            return Why(reason=Reason.WAITING, detail=f"It waits, without a worker, for {left}.")
        case State.WAITING:
            return _waiting(row)
        case _:
            return _queued(row)


def _scheduled(row: dict[str, Any]) -> Why:
    until: datetime = row["run_at"]
    when = _time(until)
    if until <= row["now"]:
        detail = f"Its time ({when}) has come; it is queued within a second while any web or worker process runs."
    elif row["failures"]:
        detail = f"It failed ({row['failures']} so far) and is tried again at {when}."
    else:
        detail = f"It is scheduled for {when}."
    return Why(reason=Reason.SCHEDULED, detail=detail, until=until)


def _waiting(row: dict[str, Any]) -> Why:
    until: datetime | None = row["waits_until"]
    what = "It sleeps" if row["wait_kind"] == Kind.SLEEP else f"It waits for {row['waits_for']!r}"
    more = f" and {row['waits'] - 1} more" if row["waits"] > 1 else ""
    since = f" since {_time(row['waits_since'])}" if row["waits_since"] else ""
    end = f", until {_time(until)} at the latest" if until else ""
    return Why(reason=Reason.WAITING, detail=f"{what}{more}{since}{end}, without a worker.", until=until)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _queued(row: dict[str, Any]) -> Why:
    queue, place = row["queue"], Tally.of(row["ahead"] + 1)
    if row["is_paused"]:
        return Why(reason=Reason.QUEUE_PAUSED, detail=f"The queue {queue} is paused.", position=place)
    if not row["is_served"]:
        detail = f"No live worker serves the queue {queue}; start one with `headrace worker`."
        return Why(reason=Reason.NO_WORKER, detail=detail, position=place)
    if row["alone"]:
        detail = "It crashed twice, so it waits for a worker that runs nothing else meanwhile."
        return Why(reason=Reason.ALONE, detail=detail, position=place)
    return Why(reason=Reason.IN_LINE, detail=f"It is number {place.text} in line in the queue {queue}.", position=place)
