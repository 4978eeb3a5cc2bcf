"""Steps and events against rescues and each other: only the owner writes, each once, numbered without a gap."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text

from headrace.errors import LeaseLost
from headrace.ids import new_id
from headrace.jobs import journal
from headrace.jobs.journal import Entry, Event, EventType, StoredStep
from headrace.jobs.run import Run
from headrace.jobs.stepping import run_transaction
from headrace.jobs.upkeep import rescue

pytestmark = pytest.mark.anyio


def log_of(claimed, *messages):
    return Entry(claimed.lease, [Event(EventType.LOG, time.monotonic(), {"message": message}) for message in messages])


def step_of(claimed, name, result=b"1", number=1):
    event = Event(EventType.STEP, time.monotonic(), {"name": name})
    return Entry(claimed.lease, [event], [StoredStep(name, number, "hash", result)])


async def write(conn, *entries):
    return await journal.write(conn, entries, monotonic=time.monotonic())


async def stored(arena, job_id):
    steps = await (await arena.watcher.execute("SELECT name FROM headrace.job_steps ORDER BY name")).fetchall()
    seqs = await (
        await arena.watcher.execute("SELECT seq FROM headrace.job_events WHERE job_id = %s ORDER BY seq", [job_id])
    ).fetchall()
    return [name for (name,) in steps], [seq for (seq,) in seqs]


async def test_a_late_step_during_a_rescue_stores_nothing_once_that_commits(arena):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    upkeep, late = await arena.connect(), await arena.connect()
    async with upkeep.transaction():
        await rescue.run_once(upkeep, None)
        writing = await arena.blocked(late, write(late, step_of(claimed, "late")))
    assert await writing == set()
    assert await stored(arena, claimed.lease.job_id) == ([], [])
    row = await arena.row(claimed.lease.job_id)
    assert (row["event_seq"], row["crashes"]) == (0, 1)


async def test_a_late_step_during_a_rescue_is_stored_if_that_rolls_back(arena):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    upkeep, late = await arena.connect(), await arena.connect()
    async with upkeep.transaction(force_rollback=True):
        await rescue.run_once(upkeep, None)
        writing = await arena.blocked(late, write(late, step_of(claimed, "late")))
    assert await writing == {claimed.lease.job_id}
    assert await stored(arena, claimed.lease.job_id) == (["late"], [1])


async def test_a_step_of_an_earlier_run_is_not_stored_while_the_next_one_runs(arena):
    zombie, first = await arena.run()
    await arena.expire(zombie)
    await rescue.run_once(arena.watcher, None)
    [second] = await arena.claim(await arena.worker())
    answers = await write(arena.watcher, step_of(first, "mine"), step_of(second, "mine", b"2"))
    assert answers == {second.lease.job_id}
    row = await (await arena.watcher.execute("SELECT result, run FROM headrace.job_steps")).fetchall()
    assert row == [(2, 2)]


async def test_a_job_whose_step_is_not_committed_yet_is_rescued_only_afterwards(arena):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    conn = await arena.connect()
    async with conn.transaction():
        await write(conn, step_of(claimed, "done"))
        async with asyncio.timeout(20):
            assert (await rescue.run_once(arena.watcher, None)).rows == 0
    assert (await rescue.run_once(arena.watcher, None)).rows == 1
    assert await stored(arena, claimed.lease.job_id) == (["done"], [1])


async def test_two_connections_number_one_jobs_events_without_gap_or_repeat(arena, together):
    _, claimed = await arena.run()
    one, two = await arena.connect(), await arena.connect()

    def writer(conn, name):
        async def work():
            for n in range(60):
                await write(conn, log_of(claimed, *(f"{name} {n} {i}" for i in range(n % 3 + 1))))

        return work

    answers = await together([writer(one, "a"), writer(two, "b")])
    assert answers == [None, None]
    _, seqs = await stored(arena, claimed.lease.job_id)
    assert seqs == list(range(1, 241))
    assert (await arena.row(claimed.lease.job_id))["event_seq"] == 240
    cursor = await arena.watcher.execute("SELECT data ->> 'message' FROM headrace.job_events ORDER BY seq")
    events = await cursor.fetchall()
    for name in "ab":
        mine = [message for (message,) in events if message.startswith(name)]
        assert mine == [f"{name} {n} {i}" for n in range(60) for i in range(n % 3 + 1)]


async def test_batches_of_many_jobs_in_opposite_order_do_not_deadlock(arena, together):
    await arena.submit(30)
    claimed = await arena.claim(await arena.worker(), free=30)
    one, two = await arena.connect(), await arena.connect()

    def writer(conn, jobs):
        async def work():
            for n in range(20):
                assert len(await write(conn, *(log_of(job, str(n)) for job in jobs))) == 30

        return work

    assert await together([writer(one, claimed), writer(two, claimed[::-1])]) == [None, None]
    assert await arena.count("SELECT count(*) FROM headrace.jobs WHERE event_seq <> 40") == 0


async def test_an_entry_sent_again_after_a_lost_commit_is_stored_once_and_counts_as_written(arena):
    _, claimed = await arena.run()
    entry = step_of(claimed, "once")
    entry.write = new_id()
    entry.events += log_of(claimed, "told once").events
    assert await write(arena.watcher, entry) == {claimed.lease.job_id}
    assert await write(arena.watcher, entry) == {claimed.lease.job_id}
    assert await stored(arena, claimed.lease.job_id) == (["once"], [1, 2])
    assert await write(arena.watcher, step_of(claimed, "next", number=2)) == {claimed.lease.job_id}
    assert await stored(arena, claimed.lease.job_id) == (["next", "once"], [1, 2, 3])


async def test_an_entry_sent_again_after_the_job_was_lost_is_not_taken_for_written(arena):
    zombie, claimed = await arena.run()
    entry = step_of(claimed, "once")
    entry.write = new_id()
    await write(arena.watcher, entry)
    await arena.expire(zombie)
    await rescue.run_once(arena.watcher, None)
    assert await write(arena.watcher, entry) == set()


async def test_a_transaction_that_waits_for_a_rescue_is_rolled_back_whole_once_that_commits(arena, runtime):
    zombie, claimed = await arena.run()
    await arena.watcher.execute("CREATE TABLE public.articles (title text)")
    await arena.expire(zombie)
    upkeep = await arena.connect()
    run = Run(claimed, runtime.database, Unused())
    begun = asyncio.Event()

    async def publish(session):
        await session.execute(text("INSERT INTO public.articles VALUES ('twice?')"))
        begun.set()
        return 1

    async with upkeep.transaction():
        await rescue.run_once(upkeep, None)
        call = run.call("publish", None, int, "hash")
        publishing = asyncio.create_task(run_transaction(run, call, publish, ()))
        await begun.wait()
    with pytest.raises(LeaseLost):
        await publishing
    assert await arena.count("SELECT count(*) FROM public.articles") == 0
    assert await stored(arena, claimed.lease.job_id) == ([], [])


async def test_a_transaction_keeps_its_rows_and_its_step_together(arena, runtime):
    _, claimed = await arena.run()
    await arena.watcher.execute("CREATE TABLE public.articles (title text)")
    run = Run(claimed, runtime.database, Unused())

    async def publish(session):
        await session.execute(text("INSERT INTO public.articles VALUES ('once')"))
        return 1

    assert await run_transaction(run, run.call("publish", None, int, "hash"), publish, ()) == 1
    assert await arena.count("SELECT count(*) FROM public.articles") == 1
    assert await stored(arena, claimed.lease.job_id) == (["publish"], [1])


class Unused:
    """A journal that nothing is written to."""

    async def settle(self):
        pass
