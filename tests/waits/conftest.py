"""What tests of waits need: to answer one as somebody outside would, and to see what is waited for."""

import pytest
from psycopg.rows import dict_row

from headrace.jobs.wait import Settlement, WaitState
from headrace.jobs.waits import lock_jobs, settle


@pytest.fixture
def waits(runtime):
    """Return a job's waits by name."""

    async def read(job_id):
        async with runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("SELECT * FROM headrace.waits WHERE job_id = %s ORDER BY seq", (job_id,))
            return {row["name"]: row for row in await cursor.fetchall()}

    return read


@pytest.fixture
def answer(runtime, waits):
    """Answer a job's wait with JSON text."""

    async def give(job_id, name, value):
        wait = (await waits(job_id))[name]["id"]
        async with runtime.database.transaction() as conn:
            await lock_jobs(conn, [job_id])
            settlement = Settlement(wait=wait, state=WaitState.ANSWERED, answer=value)
            return await settle(conn, [settlement], now=runtime.clock.now)

    return give


@pytest.fixture
def events(runtime):
    """Return the type and data of what a job reported."""

    async def read(job_id):
        sql = "SELECT type, data FROM headrace.job_events WHERE job_id = %s ORDER BY seq"
        async with runtime.database.connection() as conn:
            return await (await conn.execute(sql, (job_id,))).fetchall()

    return read
