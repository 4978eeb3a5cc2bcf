"""Limits: how many jobs of a key are queued or running, how far apart their starts are, what a queue takes at once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import BaseModel

from headrace import App, Job, Rate
from headrace.ids import new_id
from headrace.jobs.cancel import cancel
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.limits import key_of
from headrace.jobs.retry import retry
from headrace.jobs.submit import submit as submit_batch
from headrace.jobs.upkeep import promote, rescue, settle
from headrace.worker.lease import register

app = App("limited")
pytestmark = pytest.mark.anyio


class Order(BaseModel):
    customer: str


@app.task(concurrency=2, concurrency_per="owner")
async def two_an_owner(_job: Job) -> None: ...


@app.task(concurrency=1, concurrency_per="input.customer")
async def one_a_customer(_job: Job, order: Order) -> None: ...


@app.task(rate=Rate(1, per=timedelta(seconds=10)), rate_per="owner")
async def every_ten_seconds(_job: Job) -> None: ...


@app.task
async def free(_job: Job) -> None: ...


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def conn(runtime):
    async with runtime.database.connection() as lent:
        yield lent


@pytest.fixture
async def take(conn):
    """Claim everything there is as a fresh worker; its id is `take.worker`."""
    marks, worker = Marks(["limited"]), new_id()

    async def take_all(most: int = 100):
        marks.rewind()
        return await claim(conn, worker, marks, free=most)

    take_all.worker = worker
    await register(conn, worker, name="t", queues=["limited"], concurrency=100)
    return take_all


async def states(conn) -> dict[str, int]:
    cursor = await conn.execute("SELECT state, count(*) FROM headrace.jobs GROUP BY state")
    return dict(await cursor.fetchall())


async def used(conn, key: str) -> int:
    row = await (await conn.execute("SELECT used FROM headrace.limit_keys WHERE key = %s", (key,))).fetchone()
    return row[0]


async def end(conn, job, ending=Ending.COMPLETED, **options):
    await finish(conn, [Outcome(lease=job.lease, ending=ending, result=b"1", **options)])


async def test_jobs_over_the_limit_of_their_key_are_blocked(conn, submit, take):
    for _ in range(5):
        await submit(two_an_owner, owner="ann")
    await submit(two_an_owner, owner="bob")
    assert await states(conn) == {"queued": 3, "blocked": 3}
    assert len(await take()) == 3


async def test_a_finished_job_lets_the_next_in(conn, submit, take):
    for _ in range(4):
        await submit(two_an_owner, owner="ann")
    first, second = await take()
    await end(conn, first)
    assert await states(conn) == {"completed": 1, "queued": 1, "running": 1, "blocked": 1}
    await end(conn, second, Ending.FAILED)
    assert len(await take()) == 2
    assert await used(conn, "limited.two_an_owner/ann") == 2


async def test_a_retried_job_gives_its_room_back_while_it_rests_and_asks_again(conn, submit, take, clock):
    await submit(two_an_owner, owner="ann")
    await submit(two_an_owner, owner="ann")
    waiting = await submit(two_an_owner, owner="ann")
    first, _ = await take()
    await end(conn, first, Ending.RETRY, delay=timedelta(seconds=5))
    assert await states(conn) == {"scheduled": 1, "queued": 1, "running": 1}
    await promote.run_once(conn, clock.advance(timedelta(seconds=10)))
    assert await states(conn) == {"blocked": 1, "queued": 1, "running": 1}
    [next_in] = await take()
    assert next_in.lease.job_id == waiting


async def test_a_released_job_lines_up_under_its_key_again(conn, submit, take):
    for _ in range(3):
        await submit(two_an_owner, owner="ann")
    _, second = await take()
    await end(conn, second, Ending.RELEASED)
    assert await states(conn) == {"running": 1, "queued": 1, "blocked": 1}
    assert await used(conn, "limited.two_an_owner/ann") == 2


async def test_cancelling_a_queued_job_gives_its_room_away_and_a_blocked_one_has_none(conn, submit):
    first = await submit(two_an_owner, owner="ann")
    for _ in range(3):
        await submit(two_an_owner, owner="ann")
    await cancel(conn, first)
    assert await states(conn) == {"cancelled": 1, "queued": 2, "blocked": 1}
    cursor = await conn.execute("SELECT id FROM headrace.jobs WHERE state = 'blocked'")
    await cancel(conn, (await cursor.fetchone())[0])
    assert await used(conn, "limited.two_an_owner/ann") == 2


async def test_a_rescue_gives_the_dead_workers_room_back(conn, submit, take):
    for _ in range(3):
        await submit(two_an_owner, owner="ann")
    await take()
    await conn.execute("UPDATE headrace.workers SET lease_until = now() - interval '1 s'")
    await rescue.run_once(conn, None)
    assert await states(conn) == {"queued": 2, "blocked": 1}
    assert await used(conn, "limited.two_an_owner/ann") == 2


async def test_a_job_retried_by_hand_asks_for_room(conn, submit, take):
    job_id = await submit(two_an_owner, owner="ann")
    [only] = await take()
    await end(conn, only, Ending.FAILED)
    await submit(two_an_owner, owner="ann")
    await submit(two_an_owner, owner="ann")
    await retry(conn, job_id)
    assert await states(conn) == {"failed": 1, "queued": 2, "blocked": 1}


async def test_a_key_may_be_a_field_of_the_input(conn, submit):
    for customer in ("a", "a", "b"):
        await submit(one_a_customer, Order(customer=customer))
    assert await states(conn) == {"queued": 2, "blocked": 1}


async def test_a_blocked_batch_is_admitted_in_the_order_of_priority(conn, runtime, submit, take):
    late, soon = one_a_customer.submission({"customer": "a"}), one_a_customer.submission({"customer": "a"}, priority=-5)
    async with runtime.database.transaction() as own:
        answers = await submit_batch(own, [late, soon])
    assert [answer.state for answer in answers] == ["blocked", "queued"]


async def test_one_keys_backlog_does_not_delay_another_key(conn, runtime, submit, take):
    crowd = [two_an_owner.submission(None, owner="crowd") for _ in range(1_000)]
    async with runtime.database.transaction() as own:
        await submit_batch(own, crowd)
    lone = await submit(two_an_owner, owner="lone")
    assert lone in [job.lease.job_id for job in await take(3)]


async def test_a_raised_capacity_is_taken_up(conn, submit):
    for _ in range(4):
        await submit(two_an_owner, owner="ann")
    await conn.execute("UPDATE headrace.limit_keys SET capacity = 3")
    assert (await settle.run_once(conn, None)).rows == 1
    assert await states(conn) == {"queued": 3, "blocked": 1}


async def test_a_rate_spaces_the_starts_of_a_key(conn, submit, job):
    rows = [await job(await submit(every_ten_seconds, owner="ann")) for _ in range(3)]
    other = await job(await submit(every_ten_seconds, owner="bob"))
    assert [row["state"] for row in rows] == ["queued", "scheduled", "scheduled"]
    assert 9 < (rows[1]["run_at"] - rows[0]["created_at"]).total_seconds() < 11
    assert (rows[2]["run_at"] - rows[1]["run_at"]).total_seconds() == 10
    assert other["state"] == "queued"


async def test_a_rate_holds_within_a_batch(conn, runtime):
    async with runtime.database.transaction() as own:
        await submit_batch(own, [every_ten_seconds.submission(None, owner="ann") for _ in range(4)])
    cursor = await conn.execute("SELECT run_at FROM headrace.jobs ORDER BY run_at")
    starts = [start for (start,) in await cursor.fetchall()]
    assert [(later - sooner).total_seconds() for sooner, later in pairwise(starts)] == [10, 10, 10]


async def test_a_later_start_than_the_rate_gives_stands(conn, submit, job):
    later = datetime.now(UTC) + timedelta(hours=1)
    assert (await job(await submit(every_ten_seconds, run_at=later)))["run_at"] == later


async def test_a_queues_concurrency_holds_for_all_workers(conn, submit, take):
    await conn.execute("INSERT INTO headrace.queues (name, concurrency) VALUES ('limited', 3)")
    for _ in range(6):
        await submit(free)
    running = await take()
    assert len(running) == 3
    assert await take() == []
    await end(conn, running[0])
    assert len(await take()) == 1


async def test_a_queues_count_is_mended_where_the_limit_came_while_jobs_ran(conn, submit, take):
    for _ in range(4):
        await submit(free)
    assert len(await take(2)) == 2
    await conn.execute("INSERT INTO headrace.queues (name, concurrency) VALUES ('limited', 2)")
    await settle.run_once(conn, None)
    assert await take() == []


async def test_a_queues_rate_spaces_its_claims(conn, submit, take, runtime):
    await conn.execute("INSERT INTO headrace.queues (name, seconds_each) VALUES ('limited', 2)")
    for _ in range(4):
        await submit(free)
    start = datetime.now(UTC)
    marks = Marks(["limited"])

    async def claim_at(seconds: float) -> int:
        now = start + timedelta(seconds=seconds)
        marks.rewind()
        return len(await claim(conn, take.worker, marks, free=10, now=now))

    assert [await claim_at(seconds) for seconds in (0, 1, 2, 3.9, 4, 20, 21.9)] == [1, 0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"concurrency": 0}, "at least 1"),
        ({"concurrency_per": "owner"}, "needs a concurrency"),
        ({"concurrency": 1, "concurrency_per": "colour"}, "per 'owner'"),
        ({"rate": Rate(1, per=timedelta(seconds=1)), "rate_per": "input"}, "per 'owner'"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules, message):
    async def nothing(_job: Job) -> None: ...

    with pytest.raises(ValueError, match=message):
        App("wrong").task(**rules)(nothing)


def test_long_and_missing_values_make_usable_keys():
    assert len(key_of("t", "owner", owner="x" * 10_000, input=b"{}")) < 100
    assert key_of("t", "input.a.b", owner=None, input=b'{"a": 1}') == "t/null"
    assert key_of("t", None, owner="x", input=b"{}") == "t"
