"""Retention: what is old goes, what is too much goes oldest first, and nothing else does."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from headrace.jobs.cancel import cancel
from headrace.jobs.counters import Step, Wanted, read_series, read_totals
from headrace.jobs.job import Ending
from headrace.jobs.journal import Entry, Event, EventType, StoredStep, write
from headrace.jobs.retry import retry
from headrace.jobs.states import State
from headrace.jobs.tally import Tally
from headrace.jobs.upkeep import prune, retention
from headrace.jobs.upkeep.retention import Policy, preview
from headrace.settings import Settings

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
WEEK = Policy({State.COMPLETED: 7 * DAY, State.FAILED: 30 * DAY}, None)
ERROR = {"code": "x", "message": "y"}
HELD = """
    SELECT coalesce(sum(headrace.bytes_of(stored_bytes, input_size, result)), 0) FROM headrace.jobs
    WHERE finished_at IS NOT NULL
"""


def budget(size_bytes: int) -> Policy:
    return Policy({}, size_bytes)


async def finished(bench, ending=Ending.COMPLETED, **options):
    claimed = await bench.take()
    await bench.end(claimed, ending, **options)
    return claimed.lease.job_id


async def left(bench) -> list:
    return [id_ for (id_,) in await (await bench.conn.execute("SELECT id FROM headrace.jobs ORDER BY id")).fetchall()]


async def delete(bench, policy, now=None) -> int:
    return (await retention.run_once(bench.conn, now, policy=policy)).rows


async def held(bench) -> tuple[int, int]:
    """What the counters say, and what the rows say."""
    cursor = await bench.conn.execute(HELD)
    return (await preview(bench.conn, budget(0))).held_bytes, (await cursor.fetchone())[0]


async def test_each_state_is_kept_for_its_own_time(bench, clock):
    await finished(bench)
    failed = await finished(bench, Ending.FAILED, error=ERROR)
    assert await delete(bench, WEEK, clock.advance(6.9 * DAY)) == 0
    assert await delete(bench, WEEK, clock.advance(0.2 * DAY)) == 1
    assert await left(bench) == [failed]
    assert await delete(bench, WEEK, clock.advance(30 * DAY)) == 1


async def test_a_state_without_a_time_is_kept_for_ever(bench, clock):
    job_id = await bench.submit()
    await cancel(bench.conn, job_id)
    assert await delete(bench, WEEK, clock.advance(9_000 * DAY)) == 0


async def test_a_job_that_has_not_ended_is_never_deleted(bench, clock):
    running = (await bench.take()).lease.job_id
    queued = await bench.submit()
    far = clock.advance(9_000 * DAY)
    assert await delete(bench, WEEK, far) == await delete(bench, budget(0), far) == 0
    assert await left(bench) == [running, queued]


async def test_the_end_counts_and_not_the_submission(bench, clock):
    claimed = await bench.take()
    await bench.conn.execute("UPDATE headrace.jobs SET created_at = created_at - interval '90 days'")
    await bench.end(claimed)
    assert await delete(bench, WEEK, clock.advance(DAY)) == 0


async def test_steps_events_and_runs_go_with_their_job(bench, clock):
    claimed = await bench.take()
    await write(bench.conn, [Entry(claimed.lease, [], [StoredStep("a", 1, "hash", b"1")])], monotonic=0)
    await bench.end(claimed)
    await delete(bench, WEEK, clock.advance(8 * DAY))
    cursor = await bench.conn.execute(
        "SELECT (SELECT count(*) FROM headrace.job_steps) + (SELECT count(*) FROM headrace.job_events)"
    )
    assert await cursor.fetchone() == (0,)


async def test_more_than_a_batch_goes_in_one_run(bench, clock):
    await bench.conn.execute(
        """
        INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, ready_at, finished_at, input)
        SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bare.anything', 'bare', 'completed', 1, 2,
               now(), now(), now(), '{}'
        FROM generate_series(1, 2500) AS n
        """
    )
    assert (await preview(bench.conn, WEEK, now=clock.advance(8 * DAY))).due[0].jobs == Tally(2500)
    assert await delete(bench, WEEK, clock.now) == 2500


async def test_the_oldest_go_until_the_rest_fits_the_budget(bench, clock):
    ids = [await finished(bench, result=b'"' + b"x" * 10_000 + b'"') for _ in range(6)]
    later = clock.advance(timedelta(hours=2))
    whole, _ = await held(bench)
    assert (await preview(bench.conn, budget(whole - 15_000), now=later)).excess_bytes == 15_000
    assert await delete(bench, budget(whole - 15_000), later) == 2
    assert await left(bench) == ids[2:]
    assert await delete(bench, budget(whole - 15_000), later) == 0


async def test_the_budget_spares_what_ended_within_the_hour(bench, clock):
    await finished(bench)
    assert await delete(bench, budget(0), clock.advance(timedelta(minutes=59))) == 0
    assert await delete(bench, budget(0), clock.advance(timedelta(minutes=2))) == 1


async def test_the_budget_takes_all_final_states_by_age(bench, clock):
    await finished(bench, Ending.FAILED, error=ERROR)
    completed = await finished(bench)
    whole, _ = await held(bench)
    assert await delete(bench, budget(whole - 1), clock.advance(timedelta(hours=2))) == 1
    assert await left(bench) == [completed]


async def test_the_counted_bytes_are_those_of_the_rows_whatever_happens(bench, clock):
    assert await held(bench) == (0, 0)
    claimed = await bench.take()
    told = [Event(EventType.TEXT, 0, {"step": "a", "run": 1, "text": "x" * 5_000})]
    await write(bench.conn, [Entry(claimed.lease, told, [StoredStep("a", 1, "hash", b"1")])], monotonic=0)
    assert await held(bench) == (0, 0)
    await bench.end(claimed, result=b"[1,2]")
    await cancel(bench.conn, await bench.submit())
    await finished(bench, Ending.FAILED, error=ERROR)
    counted, rows = await held(bench)
    assert counted == rows > 6_000
    await prune.run_once(bench.conn, clock.advance(DAY))
    assert await held(bench) == (counted, rows)
    await bench.conn.execute("DELETE FROM headrace.jobs WHERE state = 'failed'")
    counted, rows = await held(bench)
    assert counted == rows > 5_000
    await bench.conn.execute("DELETE FROM headrace.jobs")
    assert await held(bench) == (0, 0)


async def test_steps_that_a_retry_inherits_count_again(bench):
    claimed = await bench.take()
    result = b'"' + b"x" * 50_000 + b'"'
    await write(bench.conn, [Entry(claimed.lease, [], [StoredStep("a", 1, "hash", result)])], monotonic=0)
    await bench.end(claimed, Ending.FAILED, error=ERROR)
    alone, _ = await held(bench)
    await retry(bench.conn, claimed.lease.job_id)
    [again] = await bench.claim()
    await bench.end(again)
    counted, rows = await held(bench)
    assert counted == rows > alone + 50_000


async def test_deleting_takes_nothing_off_what_was_counted(bench, clock):
    await finished(bench)
    today = datetime.now(UTC)
    wanted = Wanted(begin=today - DAY, end=today + DAY, step=Step.HOUR)
    before = await read_totals(bench.conn), await read_series(bench.conn, wanted)
    assert await delete(bench, WEEK, clock.advance(8 * DAY)) == 1
    assert (await read_totals(bench.conn), await read_series(bench.conn, wanted)) == before


async def test_two_that_delete_at_once_wait_for_no_other(bench, runtime):
    """Each touches the counters of two tasks, in opposite orders: with rows in common that is a deadlock."""
    ids = [await finished(bench) for _ in range(4)]
    await bench.conn.execute("UPDATE headrace.jobs SET task = 'bare.other' WHERE id = ANY (%s)", (ids[2:],))
    delete_one = "DELETE FROM headrace.jobs WHERE id = %s"
    async with runtime.database.transaction() as one, runtime.database.transaction() as two:
        async with asyncio.timeout(5):
            await one.execute(delete_one, (ids[0],))
            await two.execute(delete_one, (ids[2],))
            await one.execute(delete_one, (ids[3],))
            await two.execute(delete_one, (ids[1],))
    assert await held(bench) == (0, 0)


async def test_a_dry_run_says_what_would_go_and_deletes_nothing(bench, clock):
    await finished(bench)
    later = clock.advance(8 * DAY)
    found = await preview(bench.conn, WEEK, now=later)
    assert [(due.state, due.jobs) for due in found.due] == [(State.COMPLETED, Tally(1)), (State.FAILED, Tally(0))]
    assert found.due[0].size_bytes == found.held_bytes > 400
    assert len(await left(bench)) == 1


def test_the_policy_is_what_the_settings_say_and_0_means_no_limit():
    default = Policy.of(Settings(_env_file=None))
    assert default.keep == {State.COMPLETED: 14 * DAY, State.FAILED: 60 * DAY, State.CANCELLED: 60 * DAY}
    assert default.budget_bytes == 20 << 30
    none = Policy.of(Settings(keep_completed_days=0, keep_failed_days=0, keep_cancelled_days=0.5, keep_gib=0))
    assert (none.keep, none.budget_bytes) == ({State.CANCELLED: DAY / 2}, None)
