"""The hub: what it keeps in memory is bounded, and what is no longer there comes from the table."""

import asyncio
from itertools import pairwise

import pytest

from headrace.db.wake import JOBS
from headrace.live.changes import job_changes
from headrace.live.hub import Hub
from headrace.live.message import Entry, Message
from headrace.live.stream import Pace, event_stream, job_messages
from headrace.live.topic import KEPT, Topic

pytestmark = pytest.mark.anyio


async def test_watcher_far_behind_reads_the_table_and_misses_nothing(runtime, pen, until):
    hub = Hub(runtime.database, runtime.wakeups)
    stream = event_stream(job_messages(hub, pen.lease.job_id, after=0, pace=Pace()))
    await anext(stream)  # the state; from here on the watcher takes nothing for a while
    async with hub.watch(pen.lease.job_id) as topic:
        for start in range(0, 3 * KEPT, 64):
            await pen.write(*(f"word {n}" for n in range(start, start + 64)))
        await pen.finish()
        await until(lambda: topic.seq == 3 * KEPT)
        assert topic.after(0) is None
        assert len(topic.after(2 * KEPT)) == KEPT

    text = b"".join([message async for message in stream]).decode()

    seen = [int(line.removeprefix("id: ")) for line in text.splitlines() if line.startswith("id: ")]
    assert seen == list(range(1, 3 * KEPT + 1))
    assert text.rstrip().rsplit("event: ", 1)[1].startswith("end\n")


async def test_nobody_reads_the_database_while_nobody_watches(runtime, pen, until):
    hub = Hub(runtime.database, runtime.wakeups)
    async with hub.watch(pen.lease.job_id):
        assert _readers()
    await until(lambda: not _readers())


async def test_every_watcher_of_a_job_shares_its_topic(runtime, pen):
    hub = Hub(runtime.database, runtime.wakeups)
    async with hub.watch(pen.lease.job_id) as first, hub.watch(pen.lease.job_id) as second:
        assert first is second


async def test_topic_forgets_what_comes_before_a_gap(runtime, pen):
    hub = Hub(runtime.database, runtime.wakeups)
    async with hub.watch(pen.lease.job_id) as watched:
        topic = Topic(watched.snapshot)
    first, second, ninth = (Entry(seq, Message("text", b"{}", seq)) for seq in (1, 2, 9))
    topic.add([first, second])
    topic.add([second, ninth])
    assert topic.after(8) == [ninth]
    assert topic.after(1) is None


async def test_lists_are_told_of_changes_at_most_once_per_rest(runtime):
    hub = Hub(runtime.database, runtime.wakeups)
    changes = job_changes(hub, rest=0.2)
    await anext(changes)
    arrived = []
    clock = asyncio.get_running_loop().time
    for _ in range(3):
        for _ in range(50):
            runtime.wakeups.mark({JOBS})
        async with asyncio.timeout(15):
            assert await anext(changes) == b"event: changed\ndata: {}\n\n"
        arrived.append(clock())
    await changes.aclose()
    assert all(later - sooner >= 0.19 for sooner, later in pairwise(arrived))


async def test_lists_stop_being_told_when_the_server_stops(runtime):
    hub = Hub(runtime.database, runtime.wakeups)
    changes = job_changes(hub)
    await anext(changes)
    hub.close()
    async with asyncio.timeout(15):
        assert [message async for message in changes] == []


def _readers() -> list[asyncio.Task]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "live" and not task.done()]
