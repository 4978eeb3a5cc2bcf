"""What tests of waits need: to see what is waited for, and what was told of it."""

import pytest
from psycopg.rows import dict_row


@pytest.fixture
def waits(runtime):
    """Return a job's waits by name."""

    async def read(job_id):
        async with runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("SELECT * FROM headrace.waits WHERE job_id = %s ORDER BY seq", (job_id,))
            return {row["name"]: row for row in await cursor.fetchall()}

    return read


@pytest.fixture
def events(runtime):
    """Return the type and data of what a job reported."""

    async def read(job_id):
        sql = "SELECT type, data FROM headrace.job_events WHERE job_id = %s ORDER BY seq"
        async with runtime.database.connection() as conn:
            return await (await conn.execute(sql, (job_id,))).fetchall()

    return read
