"""Lists of jobs: each filter alone and together, and the order that pages rely on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg import sql

from headrace import App, Job, State
from headrace.jobs.listing import JobFilter, list_jobs, statement

pytestmark = pytest.mark.anyio

app = App("lists")

FILL = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, finished_at, input)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'lists.first', 'lists', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'completed' END,
           1, 2, now(), now(), '{}'
    FROM generate_series(1, 20000) AS n
"""


@app.task
async def first(job: Job) -> None: ...


@app.task(queue="other")
async def second(job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def found(runtime):
    """The ids that a filter finds."""

    async def run(limit: int = 50, **wanted: object) -> list:
        async with runtime.database.connection() as conn:
            return [row["id"] for row in await list_jobs(conn, JobFilter(**wanted), limit=limit)]

    return run


async def test_newest_comes_first(submit, found):
    ids = [await submit(first) for _ in range(5)]
    assert await found() == ids[::-1]


async def test_page_goes_on_before_an_id(submit, found):
    ids = [await submit(first) for _ in range(5)]
    assert await found(limit=2, before=ids[3]) == [ids[2], ids[1]]


async def test_each_filter_narrows(submit, found):
    one = await submit(first, owner="ann", tags=["a", "b"])
    two = await submit(second, owner="bob", tags=["b"], run_at=datetime.now(UTC) + timedelta(hours=1))
    assert await found(tasks=["lists.first"]) == [one]
    assert await found(queues=["other"]) == [two]
    assert await found(owner="ann") == [one]
    assert await found(tag="a") == [one]
    assert await found(tag="b") == [two, one]
    assert await found(states=[State.SCHEDULED]) == [two]
    assert await found(states=[State.SCHEDULED, State.QUEUED]) == [two, one]
    assert await found(owner="ann", queues=["other"]) == []


async def test_final_states_are_found(submit, drain, found):
    done = await submit(first)
    await drain()
    await submit(first)
    assert await found(states=[State.COMPLETED, State.FAILED]) == [done]


async def test_time_of_submission_narrows_on_both_sides(submit, found, job):
    ids = [await submit(first) for _ in range(3)]
    middle = (await job(ids[1]))["created_at"]
    assert await found(created_from=middle) == [ids[2], ids[1]]
    assert await found(created_until=middle) == [ids[0]]
    assert await found(created_from=middle + timedelta(days=2)) == []


async def test_text_that_looks_like_sql_is_only_text(submit, found):
    await submit(first, owner="ann")
    assert await found(owner="' OR true --") == []
    assert await found(tasks=["{}", "%s", "$1"]) == []


async def test_list_of_a_final_state_reads_its_index_and_stops_at_the_limit(runtime):
    async with runtime.database.transaction() as conn:
        await conn.execute(FILL)
        await conn.execute("ANALYZE headrace.jobs")
        wanted = statement(JobFilter(states=[State.FAILED]), limit=50)
        [(plan,)] = await (await conn.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) ") + wanted)).fetchall()
    scan = plan[0]["Plan"]["Plans"][0]
    assert scan["Index Name"] == "jobs_finished"
    assert scan["Actual Rows"] <= 51


async def test_list_of_all_jobs_reads_only_its_page(runtime):
    async with runtime.database.transaction() as conn:
        await conn.execute(FILL)
        await conn.execute("ANALYZE headrace.jobs")
        wanted = statement(JobFilter(before=UUID(int=2**127)), limit=50)
        [(plan,)] = await (await conn.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) ") + wanted)).fetchall()
    scan = plan[0]["Plan"]["Plans"][0]
    assert scan["Index Name"] == "jobs_pkey"
    assert scan["Actual Rows"] <= 51
