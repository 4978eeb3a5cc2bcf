"""Lists of jobs: each filter alone and together, and the order that pages rely on."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job, State
from headrace.jobs.listing import JobFilter, list_jobs

pytestmark = pytest.mark.anyio

app = App("lists")


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


async def test_list_of_one_state_reads_its_index_and_not_the_table(submit, runtime):
    async with runtime.database.transaction() as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        rows = await (
            await conn.execute(
                "EXPLAIN SELECT id FROM headrace.jobs WHERE state = ANY ('{failed}') AND finished_at IS NOT NULL "
                "ORDER BY id DESC LIMIT 50"
            )
        ).fetchall()
    assert "jobs_finished" in "\n".join(line for (line,) in rows)
