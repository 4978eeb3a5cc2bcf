"""Replaying a finished job from one of its steps: a new job that inherits the steps finished before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import InvalidInput
from headrace.jobs.job import Submission
from headrace.jobs.retry import Resubmitted, retry, retry_all, why_not
from headrace.jobs.states import State


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finished step, and who did it: the job and its run, `None` where that job is deleted.

    The cost of children is `None` for other steps, and where one of the children is deleted.
    """

    name: str
    kind: Literal["step", "transaction", "answer", "sleep", "children"]
    seq: int
    took: timedelta
    done_by: UUID | None
    done_in: int | None
    children_nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a replay would do: which finished steps answer from storage, which run again."""

    stored: list[Replayed]
    again: list[Replayed]


async def replay(
    conn: Connection,
    job_id: UUID,
    from_step: str | None,
    *,
    changed: Submission | None = None,
    now: datetime | None = None,
) -> Resubmitted:
    """Submit a finished job again with the steps that were finished before `from_step`; without one, with none.

    `changed` brings another input. Raises `NotFound`, `JobUnfinished`, `UniqueConflict`, or `InvalidInput` if the job
    finished no step of that name.
    """
    before = await _number_of(conn, job_id, from_step)
    return await retry(conn, job_id, before=before, changed=changed, now=now)


async def replay_all(
    conn: Connection, job_ids: Sequence[UUID], from_step: str, *, now: datetime | None = None
) -> list[Resubmitted]:
    """Submit finished jobs again, each from the step; those that are unfinished or never finished it are left out."""
    sql = "SELECT job_id, seq FROM headrace.job_steps WHERE job_id = ANY (%s) AND name = %s"
    rows = await (await conn.execute(sql, (list(job_ids), from_step))).fetchall()
    found: dict[UUID, int] = dict(row for row in rows)
    return await retry_all(conn, {id_: found[id_] for id_ in job_ids if id_ in found}, now=now)


async def preview(conn: Connection, job_id: UUID, from_step: str | None) -> Preview:
    """Return what a replay from this step would do; raises what `replay` raises."""
    before = await _number_of(conn, job_id, from_step)
    async with conn.cursor(row_factory=class_row(Replayed)) as cursor:
        await cursor.execute(query(__package__, "list_replayed"), {"id": job_id})
        steps = await cursor.fetchall()
    return Preview([step for step in steps if step.seq < before], [step for step in steps if step.seq >= before])


async def _number_of(conn: Connection, job_id: UUID, step: str | None) -> int:
    row = await (await conn.execute(query(__package__, "find_step"), {"id": job_id, "step": step})).fetchone()
    if row is None or not State(row[0]).is_final:
        raise await why_not(conn, job_id)
    if step is None:
        return 0
    number: int | None = row[1]
    if number is None:
        raise InvalidInput(
            f"Job {job_id} finished no step {step!r}; {await _finished(conn, job_id)}", pointer="/from_step"
        )
    return number


async def _finished(conn: Connection, job_id: UUID) -> str:
    sql = "SELECT name FROM headrace.job_steps WHERE job_id = %s ORDER BY seq LIMIT 20"
    rows: list[tuple[Any, ...]] = await (await conn.execute(sql, (job_id,))).fetchall()
    return f"it finished {', '.join(repr(name) for (name,) in rows)}" if rows else "retry it instead, it finished none"
