"""Half-open connections: the peer's kernel acknowledges everything, and nobody answers."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.failpoints.conftest import steps

from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.errors import Unavailable
from headrace.jobs.upkeep import DUTIES, start
from headrace.runtime import Runtime
from headrace.worker.keeper import Keeper
from headrace.worker.slots import Slots
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio

PATIENCE = 1.0
SILENT = "said nothing"


@pytest.fixture
async def database(proxy):
    opened = Database(proxy.url, connections=3, patience=PATIENCE)
    await opened.open()
    yield opened
    proxy.flow()
    await opened.close()


async def ask(database):
    async with asyncio.timeout(20), database.connection() as conn:
        return await (await conn.execute("SELECT 1")).fetchone()


async def test_a_statement_that_is_not_answered_fails_and_the_next_one_goes_through(database, proxy):
    assert await ask(database) == (1,)
    proxy.silence()
    with pytest.raises(psycopg.OperationalError, match=SILENT):
        await ask(database)
    proxy.flow()
    assert await ask(database) == (1,)


async def test_connections_that_stay_dead_are_all_given_up_once_one_was_found_out(database, proxy):
    lent = [database.connection() for _ in range(3)]
    await asyncio.gather(*(one.__aenter__() for one in lent))
    for one in lent:
        await one.__aexit__(None, None, None)
    proxy.forget()
    with pytest.raises(psycopg.OperationalError, match=SILENT):
        await ask(database)
    async with asyncio.timeout(20):
        await database._sifting
    for _ in range(3):
        assert await ask(database) == (1,)


async def test_a_commit_that_is_not_answered_fails(database, proxy):
    async with asyncio.timeout(20):
        with pytest.raises(psycopg.OperationalError, match=SILENT):
            async with database.transaction() as conn:
                await conn.execute("INSERT INTO headrace.queues (name) VALUES ('lost')")
                proxy.silence()


async def test_a_loop_that_stood_still_finds_its_answer(database):
    async with database.connection() as conn:
        asked = asyncio.create_task(conn.execute("SELECT 1"))
        await asyncio.sleep(0)
        time.sleep(2 * PATIENCE)  # noqa: ASYNC251 - the fault itself
        assert await (await asked).fetchone() == (1,)


async def test_the_server_ends_a_slow_statement_before_its_connection_is_given_up(database):
    async with database.connection() as conn:
        with pytest.raises(psycopg.errors.QueryCanceled):
            await conn.execute("SELECT pg_sleep(30)")
        assert await (await conn.execute("SELECT 1")).fetchone() == (1,)


async def test_a_session_may_take_as_long_as_it_sets_itself(database):
    async with database.session() as session:
        await session.execute(text("SET LOCAL statement_timeout = '30s'"))
        await session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": 2.5 * PATIENCE})


@pytest.mark.parametrize("fault", ["silence", "forget"])
async def test_a_session_whose_server_fell_silent_fails(database, proxy, fault):
    async with asyncio.timeout(20):
        with pytest.raises(OperationalError, match=SILENT):
            async with database.session() as session:
                await session.execute(text("SET LOCAL statement_timeout = '30s'"))
                getattr(proxy, fault)()
                await session.execute(text("SELECT 1"))
    proxy.flow()
    assert await ask(database) == (1,)


async def test_the_keeper_gives_up_a_silent_connection_and_renews_on_another(runtime, proxy):
    worker = Worker(runtime)
    async with runtime.database.connection() as conn:
        await worker._register(conn)
    keeper = Keeper(proxy.url, worker.id, Slots(1), clock=Clock(), on_dead=lambda: None)
    assert await asyncio.to_thread(keeper._renew)
    proxy.forget()
    keeper._conn.patience = PATIENCE
    async with asyncio.timeout(20):
        with pytest.raises(psycopg.OperationalError, match=SILENT):
            await asyncio.to_thread(keeper._renew)
    keeper._disconnect()
    assert await asyncio.to_thread(keeper._renew)
    keeper._disconnect()


@pytest.mark.long
async def test_a_minute_of_silence_fails_each_statement_in_time_and_is_survived_without_a_restart(
    runtime, submit, settings, apps, proxy
):
    behind = settings.model_copy(update={"database_url": SecretStr(proxy.url)})
    async with Runtime.open(behind, apps, connections=4) as hurt:
        worker = Worker(hurt)
        background = [
            asyncio.create_task(hurt.wakeups.run()),
            *start(hurt.database, hurt.wakeups, hurt.clock, DUTIES),
        ]
        working = asyncio.create_task(worker.run())
        await completed(runtime, [await submit(steps, n) for n in range(20)])
        proxy.silence()
        silent_since = time.monotonic()
        waiting = [await submit(steps, n) for n in range(20)]
        while time.monotonic() < silent_since + 60:
            began = time.monotonic()
            with pytest.raises((psycopg.OperationalError, Unavailable)):
                await ask(hurt.database)
            assert time.monotonic() - began < 17
        proxy.flow()
        await completed(runtime, waiting, seconds=40)
        assert not working.done()
        worker.stop()
        await working
        for task in background:
            task.cancel()


async def completed(runtime, ids, seconds=20):
    """Wait until these jobs are done, none of them by a second attempt."""
    sql = "SELECT count(*) FROM headrace.jobs WHERE id = ANY(%s) AND state = 'completed' AND failures = 0"
    async with asyncio.timeout(seconds):
        while True:
            async with runtime.database.connection() as conn:
                if (await (await conn.execute(sql, [ids])).fetchone())[0] == len(ids):
                    return
            await asyncio.sleep(0.05)  # only the database knows
