"""Answers that never came: a claim, a step and an outcome whose COMMIT went through, and nobody was told."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest

from headrace.clock import Clock
from headrace.db.connect import Database
from headrace.db.wake import Wakeups
from headrace.jobs.journal import Entry, Event, EventType, StoredStep
from headrace.jobs.run import Run
from headrace.jobs.states import State
from headrace.worker.keeper import Keeper
from headrace.worker.scribe import Scribe
from headrace.worker.slots import Slots

pytestmark = pytest.mark.anyio


class Forgetful(Database):
    """A database whose next answer is lost: the statement is committed, its caller sees a broken connection."""

    lost = 0

    def connection(self):
        return _Lossy(super().connection(), self)


class _Lossy:
    def __init__(self, inner, database):
        self._inner = inner
        self._database = database

    async def __aenter__(self):
        return await self._inner.__aenter__()

    async def __aexit__(self, *error):
        await self._inner.__aexit__(*error)
        if self._database.lost:
            self._database.lost -= 1
            raise psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.fixture
async def database(arena):
    database = Forgetful(arena.url, connections=2)
    await database.open()
    yield database
    await database.close()


def no_addresses():
    raise AssertionError("nobody asks for an address here")


def text_entry(claimed, word):
    return Entry(claimed.lease, [Event(EventType.TEXT, time.monotonic(), {"step": None, "run": 1, "text": word})])


async def texts(arena):
    sql = "SELECT data ->> 'text' FROM headrace.job_events ORDER BY seq"
    return [text for (text,) in await (await arena.watcher.execute(sql)).fetchall()]


@pytest.fixture
def written():
    return asyncio.Queue()


@pytest.fixture
async def scribe(database, written):
    lost = []
    scribe = Scribe(
        database,
        Wakeups(database),
        Clock(),
        lost.append,
        completions=database,
        on_written=written.put_nowait,
        addresses=no_addresses,
    )
    yield scribe
    assert lost == []


async def test_a_step_whose_answer_was_lost_is_stored_once_and_its_run_goes_on(arena, database, scribe):
    _, claimed = await arena.run()
    database.lost = 1
    event = Event(EventType.STEP, time.monotonic(), {"name": "s"})
    scribe.post(Entry(claimed.lease, [Event(EventType.LOG, time.monotonic(), {"message": "before"})]))
    assert await scribe.store(Entry(claimed.lease, [event], [StoredStep("s", 1, "hash", b"1")]))
    assert database.lost == 0
    assert await arena.count("SELECT count(*) FROM headrace.job_steps") == 1
    assert await arena.count("SELECT count(*) FROM headrace.job_events") == 2


async def test_streamed_text_whose_answer_was_lost_is_not_doubled(arena, database, scribe):
    _, claimed = await arena.run()
    database.lost = 2
    for word in ("one ", "two ", "three"):
        scribe.post(text_entry(claimed, word))
    await scribe.settle()
    assert "".join(await texts(arena)) == "one two three"


async def test_text_that_comes_while_a_batch_is_sent_again_joins_the_next(arena, database, scribe):
    _, claimed = await arena.run()
    database.lost = 1
    for word in ("one ", "two ", "three"):
        scribe.post(text_entry(claimed, word))
        async with asyncio.timeout(10):
            while database.lost:
                await asyncio.sleep(0)
    await scribe.settle()
    assert await texts(arena) == ["one ", "two three"]


async def test_text_joins_what_came_before_it_but_not_across_a_step(arena, scribe):
    _, claimed = await arena.run()
    for word in ("one ", "two"):
        scribe.post(text_entry(claimed, word))
    step = Event(EventType.STEP, time.monotonic(), {"name": "s"})
    storing = asyncio.create_task(scribe.store(Entry(claimed.lease, [step], [StoredStep("s", 1, "hash", b"1")])))
    await asyncio.sleep(0)
    scribe.post(text_entry(claimed, "three"))
    assert await storing
    await scribe.settle()
    assert await texts(arena) == ["one two", None, "three"]


async def test_an_outcome_whose_answer_was_lost_is_written_once_and_the_worker_goes_on(
    arena, database, scribe, written, failed
):
    _, claimed = await arena.run()
    database.lost = 1
    scribe.finish(failed(claimed))
    assert await written.get() == [(claimed.lease, None)]
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["failures"], row["fence"]) == ("queued", 1, 2)


async def test_a_plain_end_whose_answer_was_lost_is_written_and_counted_once(
    arena, database, scribe, written, completed
):
    _, claimed = await arena.run()
    database.lost = 1
    scribe.finish(completed(claimed))
    assert await written.get() == [(claimed.lease, None)]
    assert (await arena.row(claimed.lease.job_id))["state"] == "completed"
    assert await arena.count("SELECT sum(jobs) FROM headrace.counters") == 1


async def test_a_plain_end_after_the_workers_tenure_is_written_too(arena, database, written, completed):
    ended = Database(arena.url, connections=1)
    scribe = Scribe(
        database,
        Wakeups(database),
        Clock(),
        lambda _lease: None,
        completions=ended,
        on_written=written.put_nowait,
        addresses=no_addresses,
    )
    _, claimed = await arena.run()
    scribe.finish(completed(claimed))
    assert await written.get() == [(claimed.lease, State.COMPLETED)]


async def test_a_claim_whose_answer_was_lost_is_given_back_at_no_cost_of_an_attempt(arena, database):
    worker, stranger = await arena.run()
    await arena.submit()
    [known] = await arena.claim(worker)
    await arena.watcher.execute("UPDATE headrace.jobs SET started_at = started_at - interval '21 s'")
    slots = Slots(10)
    slots.take(Run(known, database, None))
    keeper = Keeper(arena.url, worker, slots, clock=Clock(), on_dead=lambda: None)
    assert await asyncio.to_thread(keeper._renew)
    row = await arena.row(stranger.lease.job_id)
    assert (row["state"], row["failures"], row["crashes"], row["fence"]) == ("queued", 0, 0, 2)
    assert (await arena.row(known.lease.job_id))["state"] == "running"
    keeper._disconnect()


async def test_a_young_claim_is_not_taken_for_a_stranger(arena):
    worker, claimed = await arena.run()
    keeper = Keeper(arena.url, worker, Slots(10), clock=Clock(), on_dead=lambda: None)
    assert await asyncio.to_thread(keeper._renew)
    assert (await arena.row(claimed.lease.job_id))["state"] == "running"
    keeper._disconnect()
