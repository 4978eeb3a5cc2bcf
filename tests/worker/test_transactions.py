"""`job.transaction`: what it holds of the worker's connections, and what becomes of it when the server undoes it."""

import asyncio

import psycopg
import pytest

from headrace import App, Job, Retry
from headrace.db.connect import KEPT_FREE

pytestmark = pytest.mark.anyio

app = App("rows")
begun: list[str] = []
go_on = asyncio.Event()


@pytest.fixture
def apps():
    return [app]


@pytest.fixture(autouse=True)
def forget():
    begun.clear()
    go_on.clear()


@pytest.fixture
def written(runtime):
    async def count():
        async with runtime.database.connection() as conn:
            [(rows,)] = await (await conn.execute("SELECT count(*) FROM headrace.queues WHERE name = 'row'")).fetchall()
        return rows

    return count


async def insert(session) -> None:
    from sqlalchemy import text

    await session.execute(text("INSERT INTO headrace.queues (name) VALUES ('row')"))


async def hold(session, job_id: str) -> None:
    from sqlalchemy import text

    await session.execute(text("SELECT 1"))
    begun.append(job_id)
    await go_on.wait()


@app.task
async def holds(job: Job) -> None:
    await job.transaction("hold", hold, str(job.id))


@app.task
async def steps(job: Job) -> int:
    return await job.step("one", abs, -1, returns=int)


async def test_however_many_hold_a_connection_other_jobs_go_on(runtime, worker, submit, until):
    holding = [await submit(holds) for _ in range(12)]
    async with asyncio.timeout(20):
        while len(begun) < runtime.database.pool.max_size - KEPT_FREE:
            await asyncio.sleep(0.01)
    for _ in range(3):
        assert (await until(await submit(steps), "completed", "failed"))["state"] == "completed"
    assert len(begun) == runtime.database.pool.max_size - KEPT_FREE < len(holding)
    go_on.set()
    for job_id in holding:
        assert (await until(job_id, "completed", "failed"))["state"] == "completed"
    assert sorted(begun) == sorted(map(str, holding))


async def end_own_connection(session) -> int:
    from sqlalchemy import text

    begun.append("")
    await insert(session)
    if len(begun) < 3:
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return len(begun)


@app.task(retry=Retry(attempts=1))
async def loses_its_connection(job: Job) -> int:
    return await job.transaction("insert", end_own_connection)


async def test_a_transaction_whose_connection_broke_is_begun_again_and_writes_once(drain, submit, job, written):
    job_id = await submit(loses_its_connection)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["runs"], row["result"]) == ("completed", 1, 3)
    assert await written() == 1


async def lose_the_answer(session) -> str:
    from sqlalchemy import event

    def lose(_session: object) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly (the test)")

    begun.append("")
    await insert(session)
    event.listen(session.sync_session, "after_commit", lose)
    return "stored"


@app.task(retry=Retry(attempts=1))
async def loses_the_answer(job: Job) -> str:
    return await job.transaction("insert", lose_the_answer)


async def test_a_commit_whose_answer_was_lost_is_found_and_not_repeated(drain, submit, job, written):
    job_id = await submit(loses_the_answer)
    await drain()
    row = await job(job_id)
    assert (row["state"], row["runs"], row["result"]) == ("completed", 1, "stored")
    assert len(begun) == 1
    assert await written() == 1


async def insert_twice(session) -> None:
    begun.append("")
    await insert(session)
    await insert(session)


@app.task(retry=Retry(attempts=1))
async def breaks_a_rule(job: Job) -> None:
    await job.transaction("insert", insert_twice)


async def test_an_error_of_its_own_fails_the_run_at_once(drain, submit, job, written):
    job_id = await submit(breaks_a_rule)
    await drain()
    assert (await job(job_id))["state"] == "failed"
    assert len(begun) == 1
    assert await written() == 0
