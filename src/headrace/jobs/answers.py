"""Answering a wait, by callback or by a person: once, in time, and with what it asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from headrace.db.connect import Connection, Database, note_topics
from headrace.db.query import query
from headrace.db.wake import JOBS
from headrace.errors import Conflict, HeadraceError, InvalidInput, WaitAnswered, WaitOver
from headrace.jobs.fitting import Misfit, misfits
from headrace.jobs.wait import Kind, Settlement, WaitState
from headrace.jobs.waits import find_wait, lock_jobs, settle
from headrace.json import Json, encode

REFUSED_MAX = 16 * 1024
"""Bytes of a wrong answer that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, and the person who gave it if it was one; `prefix` is where the value stands in the request's body."""

    value: Json
    by: str | None = None
    comment: str | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer is stored: the same for the first and for the same answer sent again."""

    name: str
    answered_at: datetime


async def answer(
    database: Database, given: Answer, *, wait_id: UUID | None = None, address: UUID | None = None, now: datetime | None
) -> Receipt:
    """Answer the wait with this id or address, and queue its job if it is parked.

    Raises `NotFound`, `InvalidInput` for a value that does not fit (the wait stays open, the value is recorded),
    `WaitAnswered` for another answer than the one it has, `WaitOver` once it has expired or its job has ended.
    """
    async with database.transaction() as conn:
        wait, job = await find_wait(conn, wait_id=wait_id, address=address)
        state = (await lock_jobs(conn, [job])).get(job)
        outcome = await _answer(conn, wait, given, now, is_over=state is None or state.is_final)
    if isinstance(outcome, HeadraceError):  # raised after the commit, for a refusal is recorded
        raise outcome
    return outcome


async def _answer(
    conn: Connection, wait: UUID, given: Answer, now: datetime | None, *, is_over: bool
) -> Receipt | HeadraceError:
    value = encode(given.value)
    row = await _read(conn, wait, value, now)
    match WaitState(row["state"]):
        case WaitState.ANSWERED:
            another = WaitAnswered("It was answered already, and not with this; the first answer stands")
            return Receipt(row["name"], row["settled_at"]) if row["is_same"] else another
        case WaitState.OPEN if not is_over and not row["is_late"]:
            pass
        case _:
            return WaitOver("Nobody waits for this any more: its time is over, or the job has ended")
    if row["kind"] != Kind.ANSWER:
        return Conflict(f"{row['name']!r} is not answered by anybody: its kind is {row['kind']}")
    wrong = misfits(given.value, row["schema"] or {})
    if wrong:
        return await _refuse(conn, wait, given, wrong, now=now)
    settlement = Settlement(wait=wait, state=WaitState.ANSWERED, answer=value, by=given.by, comment=given.comment)
    await settle(conn, [settlement], now=now)
    return Receipt(row["name"], (await _read(conn, wait, value, now))["settled_at"])


async def _read(conn: Connection, wait: UUID, value: bytes, now: datetime | None) -> dict[str, Any]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "read_wait"), {"id": wait, "answer": value.decode(), "now": now})
        row = await cursor.fetchone()
    assert row is not None  # its job is locked
    return row


async def _refuse(
    conn: Connection, wait: UUID, given: Answer, wrong: Sequence[Misfit], *, now: datetime | None
) -> InvalidInput:
    why = "; ".join(f"{given.prefix}{misfit.pointer or '/'} {misfit.why}" for misfit in wrong[:5])
    size = len(encode(given.value))
    kept = {"answer": given.value if size <= REFUSED_MAX else None, "bytes": size, "why": why, "by": given.by}
    params = {"id": wait, "refused": encode(kept).decode(), "by": given.by, "why": why[:1_000], "now": now}
    await conn.execute(query(__package__, "refuse_answer"), params)
    note_topics(conn, {JOBS})
    return InvalidInput(f"The answer does not fit: {why}", pointer=f"{given.prefix}{wrong[0].pointer}" or "/")
