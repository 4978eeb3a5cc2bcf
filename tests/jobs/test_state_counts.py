"""Counts by state: exact where few are looked at, and lower bounds else."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job, State
from headrace.jobs.cancel import cancel
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.state_counts import count_states
from headrace.jobs.tally import CAP, Tally

pytestmark = pytest.mark.anyio

app = App("counts")

MANY = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, ready_at, finished_at, owner, input)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'counts.first', 'counts', CASE WHEN n <= %s THEN 'completed' ELSE 'queued' END,
           1, 2, now(), now(), CASE WHEN n <= %s THEN now() END, CASE n %% 2 WHEN 0 THEN 'even' ELSE 'odd' END, '{}'
    FROM generate_series(1, %s) AS n
"""


@app.task
async def first(job: Job) -> None: ...


@app.task(queue="other", concurrency=1)
async def second(job: Job) -> None: ...


@app.task
async def asking(job: Job) -> None:
    await job.wait_for("answer", str)


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def counted(runtime):
    """What is counted of a filter; zeros left out."""

    async def run(**wanted: object) -> dict[State, Tally]:
        async with runtime.database.connection() as conn:
            found = await count_states(conn, JobFilter(**wanted))
        assert set(found) == set(State)
        return {state: tally for state, tally in found.items() if tally != Tally(0)}

    return run


@pytest.fixture
async def one_of_each(runtime, submit, drain):
    """A job in every state but `running`, two of them with an owner."""
    await submit(first, owner="ann", tags=["a"])
    await submit(asking)
    await drain()
    gone = await submit(first, owner="ann")
    async with runtime.database.transaction() as conn:
        await cancel(conn, gone)
    await submit(first, run_at=datetime.now(UTC) + timedelta(hours=1))
    for _ in range(2):  # the second is blocked by the first's key
        await submit(second)


async def test_every_state_is_counted(counted, one_of_each):
    states = (State.COMPLETED, State.WAITING, State.CANCELLED, State.SCHEDULED, State.QUEUED, State.BLOCKED)
    assert await counted() == dict.fromkeys(states, Tally(1))


async def test_filters_narrow_the_counts_and_states_do_not(counted, one_of_each):
    assert await counted(owner="ann") == {State.COMPLETED: Tally(1), State.CANCELLED: Tally(1)}
    assert await counted(tag="a", states=[State.QUEUED]) == {State.COMPLETED: Tally(1)}
    assert await counted(queues=["other"]) == {State.QUEUED: Tally(1), State.BLOCKED: Tally(1)}
    assert await counted(tasks=["counts.asking", "counts.nothing"]) == {State.WAITING: Tally(1)}
    assert await counted(created_until=datetime.now(UTC) - timedelta(hours=1)) == {}


async def test_more_than_the_cap_are_counted_up_to_it(counted, rows):
    await rows(MANY, CAP, CAP, 2 * CAP + 1)
    assert await counted() == {State.COMPLETED: Tally(CAP), State.QUEUED: Tally(CAP, is_exact=False)}


async def test_of_an_owner_with_many_jobs_what_was_not_looked_at_is_said(counted, rows):
    await rows(MANY, 2 * CAP + 10, 2 * CAP + 10, 2 * CAP + 20)
    assert await counted(owner="even") == {State.COMPLETED: Tally(CAP - 4, is_exact=False), State.QUEUED: Tally(5)}
