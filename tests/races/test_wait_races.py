"""Answers against parks, cancels, expiries and each other: no wake-up is lost, and every wait has one end."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from headrace.ids import new_id
from headrace.jobs import journal
from headrace.jobs.cancel import cancel
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.journal import Entry
from headrace.jobs.upkeep import expire
from headrace.jobs.wait import OpenedWait, Settlement, WaitState
from headrace.jobs.waits import lock_jobs, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def opened(arena):
    """Run a job that has opened a wait; return its claim and the wait's id."""

    async def run(seconds=None, **options):
        _, claimed = await arena.run(**options)
        wait = OpenedWait(id=new_id(), name="go", seq=1, kind="answer", args_hash="x", seconds=seconds)
        assert await journal.write(arena.watcher, [Entry(claimed.lease, waits=[wait])], monotonic=0.0)
        return claimed, wait.id

    return run


async def park(conn, claimed, *waits):
    return await finish(conn, [Outcome(lease=claimed.lease, ending=Ending.PARKED, waits=waits)])


async def answer(conn, claimed, wait):
    async with conn.transaction():
        await lock_jobs(conn, [claimed.lease.job_id])
        return await settle(conn, [Settlement(wait=wait, state=WaitState.ANSWERED, answer=b"1")])


async def state_of(arena, claimed):
    return (await arena.row(claimed.lease.job_id))["state"]


async def test_an_answer_that_waits_for_a_park_finds_the_job_parked(arena, opened):
    claimed, wait = await opened()
    parking, answering = await arena.connect(), await arena.connect()
    async with parking.transaction():
        await park(parking, claimed, wait)
        waiting = await arena.blocked(answering, answer(answering, claimed, wait))
    assert await waiting == 1
    assert await state_of(arena, claimed) == "queued"


async def test_a_park_that_waits_for_an_answer_sees_it(arena, opened):
    claimed, wait = await opened()
    parking, answering = await arena.connect(), await arena.connect()
    async with answering.transaction():
        await answer(answering, claimed, wait)
        waiting = await arena.blocked(parking, park(parking, claimed, wait))
    assert (await waiting)[claimed.lease.job_id][0] == "queued"


async def test_an_answer_before_the_park_is_kept_and_a_park_without_one_waits(arena, opened):
    kept, wait = await opened()
    await answer(arena.watcher, kept, wait)
    assert (await park(arena.watcher, kept, wait))[kept.lease.job_id][0] == "queued"
    await cancel(arena.watcher, kept.lease.job_id)
    open_, wait = await opened()
    assert (await park(arena.watcher, open_, wait))[open_.lease.job_id][0] == "waiting"
    assert await park(arena.watcher, open_, wait) == {}


async def test_parks_against_answers_lose_no_wake_up(arena, opened, together):
    parking, answering = await arena.connect(), await arena.connect()
    for n in range(250):
        claimed, wait = await opened()
        works = [partial(park, parking, claimed, wait), partial(answer, answering, claimed, wait)]
        done = await together(works if n % 2 else works[::-1])
        assert not [error for error in done if isinstance(error, BaseException)]
        row = await arena.row(claimed.lease.job_id)
        assert (row["state"], row["fence"], row["event_seq"], row["failures"]) == ("queued", 2, 1, 0)
        await arena.watcher.execute("DELETE FROM headrace.jobs")


async def test_a_wait_that_is_answered_and_cancelled_and_expires_at_once_has_one_end(arena, opened, together):
    one, two, three = [await arena.connect() for _ in range(3)]
    seen: Counter[str] = Counter()
    for n in range(90):
        claimed, wait = await opened(seconds=0)
        await park(arena.watcher, claimed, wait)
        works = [
            partial(answer, one, claimed, wait),
            partial(cancel, two, claimed.lease.job_id),
            partial(expire_now, three),
        ]
        done = await together(works[n % 3 :] + works[: n % 3])
        assert not [error for error in done if isinstance(error, BaseException)]
        [row] = await (await arena.watcher.execute("SELECT state, settled_at FROM headrace.waits")).fetchall()
        steps = await arena.count("SELECT count(*) FROM headrace.job_steps")
        assert (steps == 1) == (row[0] == "answered")
        assert row[1] is not None
        assert await state_of(arena, claimed) == "cancelled"
        seen[row[0]] += 1
        await arena.watcher.execute("DELETE FROM headrace.jobs")
    assert set(seen) <= {"answered", "expired", "closed"}


async def expire_now(conn):
    async with conn.transaction():
        await expire.run_once(conn, None)


async def test_two_parks_of_many_jobs_in_opposite_order_write_each_once_without_deadlock(arena, together):
    await arena.submit(40)
    jobs = await arena.claim(await arena.worker(), free=40)
    waits = {job.lease: OpenedWait(id=new_id(), name="go", seq=1, kind="answer", args_hash="x") for job in jobs}
    entries = [Entry(lease, waits=[wait]) for lease, wait in waits.items()]
    await journal.write(arena.watcher, entries, monotonic=0.0)
    parks = [Outcome(lease=lease, ending=Ending.PARKED, waits=(wait.id,)) for lease, wait in waits.items()]
    one, two = await arena.connect(), await arena.connect()
    answers = await together([partial(finish, one, parks), partial(finish, two, parks[::-1])])
    assert sorted([*answers[0], *answers[1]]) == sorted(job.lease.job_id for job in jobs)
    assert await arena.count("SELECT count(*) FROM headrace.jobs WHERE state = 'waiting' AND fence = 2") == 40
