"""Submitting any number of jobs by COPY: several times faster than inserting, for jobs without keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import psycopg

from headrace.db.execute import AsyncCaller, driver_connection
from headrace.jobs.job import Submission
from headrace.jobs.submit import check, submit

CHUNK = 1_000

_COLUMNS = """
    COPY headrace.jobs (id, task, queue, state, priority, attempts, input_size, created_at, run_at, ready_at,
                        owner, call_id, tags, input) FROM STDIN
"""


async def submit_many(conn: AsyncCaller, jobs: Iterable[Submission], *, now: datetime | None = None) -> list[UUID]:
    """Submit jobs in the caller's transaction; return their ids in order.

    Jobs with a unique or limit key or a rate go in by a thousand; where a unique key is held, the id is that of its holder.
    Raises `InvalidInput` for values over a limit, before anything is written.
    """
    wanted = list(jobs)
    for job in wanted:
        check(job)
    if any(job.unique_key or job.held or job.spaced for job in wanted):
        chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
        return [answer.id for chunk in chunks for answer in await submit(conn, chunk, now=now)]
    driver = await driver_connection(conn)
    moment = now or await _now(driver)
    async with driver.cursor() as cursor, cursor.copy(_COLUMNS) as copy:
        for row in _rows(wanted, moment):
            await copy.write_row(row)
    return [job.id for job in wanted]


async def _now(conn: psycopg.AsyncConnection[Any]) -> datetime:
    row = await (await conn.execute("SELECT now()")).fetchone()
    assert row is not None
    return cast("datetime", row[0])


def _rows(jobs: list[Submission], now: datetime) -> Iterator[tuple[object, ...]]:
    for job in jobs:
        start = max(job.run_at or now, now + job.delay) if job.delay else job.run_at
        is_later = start is not None and start > now
        state, ready_at = ("scheduled", None) if is_later else ("queued", now)
        size, text = len(job.input), job.input.decode()
        yield (
            *(job.id, job.task, job.queue, state, job.priority, job.attempts, size, now, start, ready_at),
            *(job.owner, job.call_id, list(job.tags), text),
        )
