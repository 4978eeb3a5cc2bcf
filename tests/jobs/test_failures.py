"""Failures in groups: what makes two errors the same, and what is told of a group."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job
from headrace.jobs.backoff import Retry
from headrace.jobs.failures import FailureFilter, group_failures
from headrace.jobs.fingerprint import fingerprint
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.listing import list_jobs

pytestmark = pytest.mark.anyio

app = App("failing")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
FRAMES = """Traceback (most recent call last):
  File "/srv/shop/tasks.py", line {line}, in {name}
    send()
  File "/srv/.venv/lib/python3.11/site-packages/httpx/client.py", line {line}, in send
    raise ConnectError
"""


@app.task(retry=Retry(attempts=1))
async def fall(job: Job, text: str) -> None:
    raise ValueError(text)


@app.task(retry=Retry(attempts=1))
async def stumble(job: Job, text: str) -> None:
    raise ValueError(text)


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def groups(runtime):
    async def run(begin=LONG_AGO, end=FAR, limit=100, **wanted):
        async with runtime.database.connection() as conn:
            return await group_failures(conn, FailureFilter(begin=begin, end=end, **wanted), limit=limit)

    return run


def told(message="no answer", line=1, name="charge", code="exception", **more):
    return fingerprint({"code": code, "message": message, "traceback": FRAMES.format(line=line, name=name), **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 17 is gone", "order 2,350 is gone"),
        ("no user 'ann'", "no user 'bob'"),
        ("job 01a20248-ed7e-7c6d-96b9-6f6c7686fb3c is late", "job 11a20248-ed7e-7c6d-96b9-6f6c7686fb3d is late"),
        ("object at 0x7f9a", "object at 0x11bc"),
        ("took 3.5 s,  again", "took 12 s, again"),
    ],
)
def test_what_varies_in_a_message_makes_no_new_error(one, other):
    assert told(one) == told(other)


def test_another_message_type_code_or_function_is_another_error():
    prints = {told(), told("no door"), told(type="KeyError"), told(code="timeout"), told(name="refund")}
    assert len(prints) == 5
    assert told("it can't open 'a' or won't") != told("it can't close 'a' or won't")


def test_lines_that_moved_make_no_new_error():
    assert told(line=1) == told(line=40)


async def test_failures_are_grouped_with_their_tasks_and_newest_jobs(groups, submit, drain):
    ids = [await submit(fall, f"order {n} is gone") for n in range(6)]
    await drain()
    other = await submit(stumble, "no door")
    await drain()
    latest, many = await groups()
    assert (latest.jobs, latest.newest, latest.tasks, latest.message) == (1, [other], ["failing.stumble"], "no door")
    assert (many.jobs, many.tasks, many.type, many.code) == (6, ["failing.fall"], "builtins.ValueError", "exception")
    assert len(many.newest) == 5
    assert set(many.newest) <= set(ids)
    assert many.first_at <= many.last_at <= latest.first_at
    assert many.looked_at == 7


async def test_a_group_tells_when_within_the_time_its_jobs_failed(groups, submit, drain):
    for n in range(3):
        await submit(fall, f"order {n} is gone")
    await drain()
    [whole] = await groups()
    moment, hour = whole.last_at, timedelta(hours=1)
    last = [group.bins for group in await groups(begin=moment - 23 * hour - hour / 2, end=moment + hour / 2)]
    assert last == [[0] * 23 + [3]]
    [late] = await groups(begin=moment - 2 * hour - hour / 2, end=moment + 22 * hour - hour / 2)
    assert late.bins == [0, 0, 3, *[0] * 21]
    [edge] = await groups(begin=moment, end=moment + timedelta(microseconds=1))
    assert edge.bins[0] == sum(edge.bins)


async def test_time_task_queue_and_owner_narrow_the_groups(groups, submit, drain):
    await submit(fall, "a", owner="ann")
    await submit(stumble, "b", owner="bob")
    await drain()
    assert [group.message for group in await groups(task="failing.fall")] == ["a"]
    assert [group.message for group in await groups(owner="bob")] == ["b"]
    assert await groups(queue="other") == []
    assert await groups(end=datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(await groups(limit=1)) == 1


async def test_jobs_of_one_error_are_listed_by_its_fingerprint(runtime, groups, submit, drain):
    ids = [await submit(fall, f"order {n} is gone", owner="ann") for n in range(3)]
    await submit(stumble, "no door")
    await drain()
    [_, many] = sorted(await groups(), key=lambda group: group.jobs)
    for owner in (None, "ann"):
        async with runtime.database.connection() as conn:
            found = await list_jobs(conn, JobFilter(fingerprint=many.fingerprint, owner=owner), limit=10)
        assert [row["id"] for row in found] == ids[::-1]
        assert all("traceback" not in row["error"] for row in found)
