"""The floor: plain SQL over the same driver, table and batch size; no fence, no lease, no counters, no tasks.

What a queue on PostgreSQL could reach if it promised nothing beyond SKIP LOCKED.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from uuid import UUID

import orjson
import psycopg
import uvloop

from benchmarks.contestant import Contestant
from benchmarks.program import chunks, payload, play, timed, url, wait_for_go
from headrace.db.migrate import migrate
from headrace.ids import new_id

BATCH = 500
COPY_SIZE = 10_000
FLOOR = Contestant(name="floor", command=(sys.executable, "-m", "benchmarks.floor"), left=None)

COLUMNS = "id, task, queue, state, attempts, input_size, created_at, ready_at, input"
COPY = f"COPY floor ({COLUMNS}) FROM STDIN"
INSERT = f"""
    INSERT INTO floor ({COLUMNS})
    SELECT id, 'bench.nothing', 'bench', 'queued', 3, 200, now(), now(), input
    FROM json_to_recordset(%s::json) AS b (id uuid, input jsonb)
"""
CLAIM = """
    UPDATE floor SET state = 'running', worker_id = id, started_at = now() WHERE id = ANY (ARRAY (
        SELECT id FROM floor WHERE queue = 'bench' AND NOT alone AND state = 'queued' ORDER BY priority, ready_at, id
        LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING id, input
"""
FINISH = "UPDATE floor SET state = 'completed', result = 'null', finished_at = now() WHERE id = ANY (%s)"

ONE = f"""
    INSERT INTO floor ({COLUMNS}) VALUES (%s, 'bench.nothing', 'bench', 'queued', 3, %s, now(), now(), %s)
"""
NOTE = "UPDATE floor SET state = 'completed', finished_at = now(), result = to_jsonb(%s::float8) WHERE id = %s"


def install() -> None:
    migrate(url())
    with psycopg.connect(url()) as conn:
        conn.execute("CREATE TABLE floor (LIKE headrace.jobs INCLUDING ALL)")


def fill(jobs: int) -> None:
    with psycopg.connect(url()) as conn, timed():
        for numbers in chunks(jobs, COPY_SIZE):
            now = datetime.now(UTC)
            with conn.transaction(), conn.cursor() as cursor, cursor.copy(COPY) as copy:
                for number in numbers:
                    text = orjson.dumps(payload(number)).decode()
                    copy.write_row((new_id(), "bench.nothing", "bench", "queued", 3, len(text), now, now, text))


def insert(jobs: int) -> None:
    with psycopg.connect(url()) as conn, timed():
        for numbers in chunks(jobs):
            batch = [{"id": new_id(), "input": payload(number)} for number in numbers]
            with conn.transaction():
                conn.execute(INSERT, (orjson.dumps(batch).decode(),))


async def work() -> None:
    """Claim and finish until nothing is left; the next claim is under way while the last batch is finished."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(url(), autocommit=True) as claims, await connect(url(), autocommit=True) as ends:
        await asyncio.to_thread(wait_for_go)
        finishing = asyncio.create_task(_finish(ends, []))
        while rows := await (await claims.execute(CLAIM, (BATCH,))).fetchall():
            for _, load in rows:
                await _nothing(load)
            await finishing
            finishing = asyncio.create_task(_finish(ends, rows))
        await finishing
    os._exit(0)  # the end of the last batch is the end of the measurement


async def listen() -> None:
    """Claim whenever somebody submitted, and note how late each job began."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(url(), autocommit=True) as wakes, await connect(url(), autocommit=True) as claims:
        await wakes.execute("LISTEN floor")
        await asyncio.to_thread(wait_for_go)
        async for _ in wakes.notifies():
            for id_, due in await (await claims.execute(CLAIM, (BATCH,))).fetchall():
                await claims.execute(NOTE, ((time.time() - due) * 1000, id_))


def trickle(jobs: int, gap_ms: int) -> None:
    """Submit one job at a time, its wake-up in the same transaction, with a pause after each."""
    with psycopg.connect(url(), autocommit=True) as conn:
        time.sleep(1)
        for _ in range(jobs):
            text = str(time.time())
            with conn.transaction():
                conn.execute(ONE, (new_id(), len(text), text))
                conn.execute("NOTIFY floor")
            time.sleep(gap_ms / 1000)
        time.sleep(0.1)


async def _nothing(_load: object) -> None: ...


async def _finish(conn: psycopg.AsyncConnection, rows: list[tuple[UUID, object]]) -> None:
    if rows:
        await conn.execute(FINISH, ([id_ for id_, _ in rows],))


if __name__ == "__main__":
    play(install, fill, insert, work, listen, trickle, run=uvloop.run)
