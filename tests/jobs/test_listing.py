"""Lists of jobs: each filter alone and together, and the order that pages rely on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from headrace import App, Job, State
from headrace.jobs.cancel import cancel
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.listing import list_jobs
from headrace.jobs.retry import retry
from headrace.jobs.upkeep import prune

pytestmark = pytest.mark.anyio

app = App("lists")

FILL = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, finished_at, owner, input)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'lists.first', 'lists', CASE WHEN n % 400 = 0 THEN 'failed' ELSE 'completed' END,
           1, 2, now(), now(), 'all', '{}'
    FROM generate_series(1, 2000) AS n
"""


# Milliseconds: a hundred jobs of one moment, others minutes before and after, in no order.
MADE = [number * 37 % 100 for number in range(200)] + [number * 7_919 % 400_000 for number in range(100)]
PUT = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, ready_at, input)
    SELECT id, task, 'q', 'queued', 1, 2, now(), now(), '{}' FROM unnest(%s::uuid[], %s::text[]) AS n (id, task)
"""


OLD_SPANS = """
    SELECT count(*) FILTER (WHERE s.last_ms < headrace.millis_of(j.id)), count(*) >= 2
    FROM headrace.job_spans AS s CROSS JOIN headrace.jobs AS j
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


async def test_jobs_of_a_task_come_newest_first_once_each_however_their_submissions_overlap(found, runtime):
    ids = [UUID(int=(1_700_000_000_000 + made) << 80 | place) for place, made in enumerate(MADE)]
    async with runtime.database.connection() as conn:
        for start in range(0, len(ids), 7):  # each statement spans what others span, too, and some more than a minute
            some = ids[start : start + 7]
            await conn.execute(PUT, [some, ["a" if number % 2 else "b" for number in range(len(some))]])
        rows = await (await conn.execute("SELECT id FROM headrace.jobs WHERE task = 'a' ORDER BY id DESC")).fetchall()
    wanted = [id_ for (id_,) in rows]
    assert len(wanted) > 100
    assert await found(limit=500, tasks=["a"]) == wanted
    assert await found(limit=500, queues=["q"], tasks=["a", "b"]) == sorted(ids, reverse=True)
    pages, before = [], None
    while page := await found(limit=9, tasks=["a"], before=before):
        pages += page
        before = page[-1]
    assert pages == wanted
    assert await found(tasks=["a"], states=[State.QUEUED], limit=5) == wanted[:5]


async def test_spans_go_when_all_jobs_that_were_as_old_are_gone(submit, found, runtime):
    gone, kept = [await submit(first) for _ in range(2)]
    async with runtime.database.connection() as conn:
        await conn.execute("DELETE FROM headrace.jobs WHERE id = %s", [gone])
        await conn.execute("UPDATE headrace.job_spans SET last_ms = 1, first_ms = 1 WHERE ctid = '(0,1)'")
        await prune.run_once(conn, None)
        row = await (await conn.execute(OLD_SPANS)).fetchone()
    assert row == (0, True)
    assert await found(tasks=["lists.first"]) == [kept]


async def test_no_time_at_all_is_a_duration_to_search_for():
    assert JobFilter(longest=timedelta(0)).searched == 50_000
    assert JobFilter().searched is None


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


async def test_an_owner_and_a_tag_together_find_what_has_both(submit, found):
    both = [await submit(first, owner="ann", tags=["a"]) for _ in range(2)]
    await submit(first, owner="ann")
    await submit(first, owner="bob", tags=["a"])
    assert await found(owner="ann", tag="a") == both[::-1]
    assert await found(owner="ann", tag="a", before=both[1]) == [both[0]]
    assert await found(owner="tag:a") == []


async def test_a_tag_that_is_given_twice_is_found_once(submit, found):
    job_id = await submit(first, tags=["a", "a"])
    assert await found(tag="a") == [job_id]


async def test_unfinished_jobs_of_a_common_owner_are_found_by_their_state(submit, found, runtime):
    async with runtime.database.connection() as conn:
        await conn.execute(FILL)
    queued = await submit(first, owner="all")
    assert await found(owner="all", states=[State.QUEUED]) == [queued]
    assert len(await found(owner="all", states=[State.FAILED])) == 5


async def test_waiting_jobs_are_found_among_those_that_rest(submit, found, runtime):
    await submit(first, delay=timedelta(hours=1))
    job_id = await submit(first)
    async with runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.jobs SET state = 'waiting' WHERE id = %s", (job_id,))
    assert await found(states=[State.WAITING]) == [job_id]


async def test_a_search_looks_through_the_newest_of_an_owner(submit, found):
    job_id = await submit(first, owner="ann")
    await submit(first, owner="bob")
    assert await found(owner="ann", input_values={"x": "y"}) == []
    assert await found(owner="ann", longest=timedelta(days=1)) == []
    assert await found(owner="ann") == [job_id]


async def test_owner_and_tags_that_a_replacement_brings_are_found_and_the_old_are_not(submit, found):
    later = {"unique_key": "k", "delay": timedelta(hours=1), "if_exists": "replace"}
    job_id = await submit(first, owner="ann", tags=["a", "b"], **later)
    assert await submit(first, owner="bob", tags=["b", "c"], **later) == job_id
    assert await found(owner="ann") == await found(tag="a") == []
    assert await found(owner="bob") == await found(tag="b") == await found(tag="c") == [job_id]


async def test_every_way_of_submitting_and_deleting_keeps_the_labels(submit, found, runtime):
    async with runtime.database.transaction() as conn:
        copied = await first.submit_many(conn, [None] * 3, owner="ann", tags=["a"])
        await cancel(conn, copied[0])
        again = (await retry(conn, copied[0])).id
    assert await found(owner="ann", tag="a") == [again, *copied[::-1]]
    async with runtime.database.transaction() as conn:
        await conn.execute("DELETE FROM headrace.jobs WHERE id = ANY (%s)", (copied,))
        rows = await (await conn.execute("SELECT label, job_id FROM headrace.job_labels ORDER BY label")).fetchall()
    assert rows == [("owner:ann", again), ("tag:a", again)]
