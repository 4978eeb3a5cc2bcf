"""Counters: every end of a run is counted once, with its duration, in the statement that writes it."""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headrace.errors import InvalidInput
from headrace.jobs.cancel import cancel
from headrace.jobs.counters import Outcome, Step, Wanted, edge, quantile, read_series, read_totals, total
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending
from headrace.jobs.job import Outcome as End
from headrace.jobs.upkeep import prune, rescue

pytestmark = pytest.mark.anyio

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
NOW = datetime(2026, 11, 21, 12, 30, 15, tzinfo=UTC)
ERROR = {"code": "x", "message": "y"}


async def counted(bench, **options):
    """Everything that was counted, whenever."""
    wanted = {"begin": NOW - timedelta(days=900), "end": NOW + timedelta(days=500), "step": Step.DAY} | options
    found = await read_series(bench.conn, Wanted(**wanted))
    return total(found.get(None, {}).values())


async def add(bench, minute, *, shard=0, jobs=1, seconds=1.0, bucket=20):
    await bench.conn.execute(
        "INSERT INTO headrace.counters VALUES (%s, %s, 'bare.anything', 'bare', 'completed', %s, %s, %s)",
        (shard, minute, bucket, jobs, seconds),
    )


@pytest.mark.parametrize(
    ("ending", "options", "outcome"),
    [
        (Ending.COMPLETED, {}, Outcome.COMPLETED),
        (Ending.FAILED, {"error": ERROR}, Outcome.FAILED),
        (Ending.RETRY, {"error": ERROR, "delay": timedelta(seconds=9)}, Outcome.RETRIED),
        (Ending.RETRY, {"error": ERROR}, Outcome.RETRIED),
        (Ending.RELEASED, {}, Outcome.RELEASED),
        (Ending.RELEASED, {"delay": timedelta(seconds=9)}, Outcome.RELEASED),
    ],
)
async def test_each_ending_is_counted_as_what_it_was(bench, ending, options, outcome):
    await bench.end(await bench.take(), ending, **options)
    assert (await counted(bench)).outcomes == {outcome: 1}


async def test_an_outcome_that_is_sent_again_counts_once(bench):
    claimed = await bench.take()
    for _ in range(2):
        await bench.end(claimed)
    assert (await counted(bench)).outcomes == {Outcome.COMPLETED: 1}


async def test_a_crash_is_counted_and_so_is_the_conviction(bench):
    await bench.take()
    for alone in (False, True, None):
        await bench.expire()
        await rescue.run_once(bench.conn, None)
        await bench.register()
        if alone is not None:
            await bench.claim(free=1, alone=alone)
    assert (await counted(bench)).outcomes == {Outcome.CRASHED: 2, Outcome.FAILED: 1}


async def test_a_job_cancelled_before_it_ran_has_no_duration(bench):
    await cancel(bench.conn, await bench.submit())
    point = await counted(bench)
    assert (point.outcomes, point.mean, point.quantile(0.5)) == ({Outcome.CANCELLED: 1}, None, None)


async def test_a_cancel_request_is_not_counted_until_the_worker_writes_the_end(bench):
    claimed = await bench.take()
    await cancel(bench.conn, claimed.lease.job_id)
    assert (await counted(bench)).outcomes == {}
    await bench.end(claimed, Ending.FAILED, error=ERROR, stopped="unwound")
    assert (await counted(bench)).outcomes == {Outcome.CANCELLED: 1}


async def test_the_duration_of_a_run_is_kept(bench):
    claimed = await bench.take()
    await bench.conn.execute("UPDATE headrace.jobs SET started_at = now() - interval '40 seconds'")
    await bench.end(claimed)
    point = await counted(bench)
    assert timedelta(seconds=40) <= point.mean < timedelta(seconds=42)
    assert timedelta(seconds=32) < point.quantile(0.5) < timedelta(seconds=48)


async def test_a_batch_of_many_jobs_is_one_row_for_each_kind(bench):
    for _ in range(10):
        await bench.submit()
    batch = [End(lease=job.lease, ending=Ending.COMPLETED, result=b"1") for job in await bench.claim()]
    await bench.conn.execute("UPDATE headrace.jobs SET started_at = now() - interval '100 seconds'")
    await finish(bench.conn, batch)
    cursor = await bench.conn.execute("SELECT task, queue, outcome, jobs FROM headrace.counters")
    assert await cursor.fetchall() == [("bare.anything", "bare", "completed", 10)]


async def test_counters_are_read_by_task_queue_and_time(bench):
    await add(bench, NOW - timedelta(minutes=90))
    await add(bench, NOW - timedelta(minutes=30), jobs=2)
    hour = {"begin": NOW - timedelta(hours=1), "end": NOW}
    assert (await counted(bench)).outcomes == {Outcome.COMPLETED: 3}
    assert (await counted(bench, **hour)).outcomes == {Outcome.COMPLETED: 2}
    assert (await counted(bench, **hour, task="bare.anything", queue="bare")).outcomes == {Outcome.COMPLETED: 2}
    assert (await counted(bench, task="bare.other")).outcomes == (await counted(bench, queue="other")).outcomes == {}


async def test_a_series_has_a_point_for_each_step_in_which_something_ended(bench):
    begin = NOW.replace(second=0)
    for minutes in (0, 1, 61):
        await add(bench, begin - timedelta(minutes=minutes))
    span = {"begin": NOW - timedelta(hours=3), "end": NOW}
    by_minute = (await read_series(bench.conn, Wanted(**span, step=Step.MINUTE)))[None]
    assert list(by_minute) == [begin - timedelta(minutes=minutes) for minutes in (61, 1, 0)]
    by_hour = (await read_series(bench.conn, Wanted(**span, step=Step.HOUR)))[None]
    assert [point.outcomes[Outcome.COMPLETED] for point in by_hour.values()] == [1, 2]


async def test_old_minutes_become_hours_and_no_run_is_lost(bench):
    for minutes in range(5):
        for shard in (0, 3):
            await add(bench, NOW.replace(second=0) + timedelta(minutes=minutes), shard=shard, jobs=2, seconds=3)
    later = NOW + timedelta(hours=7)
    await add(bench, later)
    before = await counted(bench), await read_totals(bench.conn)
    assert (await prune.run_once(bench.conn, later)).rows == 10
    assert (await counted(bench), await read_totals(bench.conn)) == before
    cursor = await bench.conn.execute("SELECT shard, minute, jobs FROM headrace.counters ORDER BY shard")
    hour, epoch = NOW.replace(minute=0, second=0), datetime(1970, 1, 1, tzinfo=UTC)
    assert await cursor.fetchall() == [(-2, epoch, 20), (-1, hour, 20), (0, later, 1)]
    assert (await prune.run_once(bench.conn, later)).rows == 0


async def test_totals_outlive_what_they_are_made_of(bench):
    await add(bench, NOW, jobs=3)
    for days in (1, 500):
        await prune.run_once(bench.conn, NOW + timedelta(days=days))
    assert (await counted(bench)).outcomes == {}
    assert (await read_totals(bench.conn))["bare.anything", "bare"].outcomes == {Outcome.COMPLETED: 3}


async def test_hours_are_forgotten_after_400_days(bench):
    await add(bench, NOW, shard=-1)
    assert (await prune.run_once(bench.conn, NOW + timedelta(days=399))).rows == 0
    assert (await prune.run_once(bench.conn, NOW + timedelta(days=401))).rows == 1


async def test_a_span_that_is_empty_or_too_long_is_refused(bench):
    for begin, step in ((NOW, Step.DAY), (NOW - timedelta(days=2), Step.MINUTE)):
        with pytest.raises(InvalidInput):
            await read_series(bench.conn, Wanted(begin=begin, end=NOW, step=step))


async def test_the_table_knows_exactly_the_outcomes(bench):
    cursor = await bench.conn.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'counters_outcome_check'"
    )
    [definition] = await cursor.fetchone()
    assert set(re.findall(r"'(\w+)'::text", definition)) == {*Outcome, "deleted"}


async def test_a_duration_lies_in_the_bucket_that_its_edges_say(bench):
    for seconds in (0.0002, 0.001, 0.0011, 0.5, 59.9, 86_400.0, 2e6):
        cursor = await bench.conn.execute(
            "SELECT least(ceil(ln(greatest(%(s)s::float8, 0.001) * 1000) * 2 / ln(2)), 60)::int", {"s": seconds}
        )
        [bucket] = await cursor.fetchone()
        assert seconds > edge(bucket - 1).total_seconds() or bucket == 0
        assert seconds <= edge(bucket).total_seconds() * 1.000_001 or bucket == 60


def test_a_quantile_is_right_within_a_fifth():
    chance = random.Random(7)
    took = sorted(chance.lognormvariate(8, 1.5) for _ in range(20_000))
    histogram = {}
    for millis in took:
        bucket = next(bucket for bucket in range(61) if millis <= edge(bucket) / timedelta(milliseconds=1))
        histogram[bucket] = histogram.get(bucket, 0) + 1
    for share in (0.5, 0.95, 0.99):
        exact = took[int(share * len(took))]
        assert abs(quantile(histogram, share) / timedelta(milliseconds=1) - exact) < exact / 5


def test_the_document_explains_exactly_the_outcomes():
    rows = OPERATIONS.read_text().partition("## Counters")[2].partition("\n## ")[0]
    named = [name for row in re.findall(r"^\| (`.*?`) \|", rows, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert named == list(Outcome)
