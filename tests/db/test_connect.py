"""Connections: transactions end as they should, and dead connections are found out together."""

import asyncio

import psycopg
import pytest

from headrace.db.connect import Database
from headrace.errors import Unavailable

pytestmark = pytest.mark.anyio

KILL_ALL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'headrace' AND datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_a_block_that_raises_rolls_back(runtime):
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.transaction() as conn:
            await conn.execute("INSERT INTO headrace.queues (name) VALUES ('lost')")
            raise ZeroDivisionError
    async with runtime.database.connection() as conn:
        assert await (await conn.execute("SELECT count(*) FROM headrace.queues")).fetchone() == (0,)


async def test_a_session_borrows_from_the_same_pool_and_gives_back_in_autocommit(database_url):
    from sqlalchemy import text

    database = Database(database_url, connections=1)
    await database.open()
    async with database.session() as session:
        await session.execute(text("INSERT INTO headrace.queues (name) VALUES ('kept')"))
    async with database.connection() as conn:
        assert conn.autocommit
        assert await (await conn.execute("SELECT name FROM headrace.queues")).fetchone() == ("kept",)
    await database.close()


async def test_after_a_cut_the_first_to_notice_clears_out_the_rest(runtime, database_url):
    held = [runtime.database.connection() for _ in range(4)]
    await asyncio.gather(*(lent.__aenter__() for lent in held))
    for lent in held:
        await lent.__aexit__(None, None, None)
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(KILL_ALL)
    with pytest.raises(psycopg.OperationalError):
        async with runtime.database.connection() as conn:
            await conn.execute("SELECT 1")
    async with asyncio.timeout(10):
        await runtime.database._sifting
    for _ in range(4):
        async with runtime.database.connection() as conn:
            await conn.execute("SELECT 1")


async def test_a_statement_that_runs_too_long_is_ended(runtime):
    async with runtime.database.connection() as conn:
        assert await (await conn.execute("SHOW statement_timeout")).fetchone() == ("12s",)
        await conn.execute("SET statement_timeout = '50ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            await conn.execute("SELECT pg_sleep(30)")


async def test_a_server_that_is_not_there_is_named_so():
    database = Database("postgresql://127.0.0.1:1/none", connections=1)
    with pytest.raises(Unavailable, match="is it running"):
        await database.open(patience=0.5)
