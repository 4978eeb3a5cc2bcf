"""Rescue: a dead worker's jobs go on elsewhere, and a job that kills its workers is convicted."""

from datetime import timedelta

import pytest

from headrace import State
from headrace.jobs.cancel import cancel
from headrace.jobs.job import Ending
from headrace.jobs.journal import Entry, StoredStep, write
from headrace.jobs.retry import retry
from headrace.jobs.upkeep import rescue

pytestmark = pytest.mark.anyio


async def crash(bench) -> int:
    await bench.expire()
    done = await rescue.run_once(bench.conn, None)
    await bench.register()
    return done.rows


async def test_a_dead_workers_job_is_queued_again_at_no_cost_of_an_attempt(bench, job):
    claimed = await bench.take()
    assert await crash(bench) == 1
    row = await job(claimed.lease.job_id)
    assert (row["state"], row["fence"], row["failures"], row["crashes"]) == ("queued", 2, 0, 1)


async def test_a_live_workers_jobs_are_left_alone(bench, job):
    claimed = await bench.take()
    assert (await rescue.run_once(bench.conn, None)).rows == 0
    assert (await job(claimed.lease.job_id))["state"] == "running"


async def test_the_lease_is_judged_by_the_given_time(bench, clock):
    await bench.take()
    assert (await rescue.run_once(bench.conn, clock.advance(timedelta(seconds=25)))).rows == 0
    assert (await rescue.run_once(bench.conn, clock.advance(timedelta(seconds=10)))).rows == 1


async def test_the_late_outcome_of_a_rescued_run_is_dropped(bench):
    claimed = await bench.take()
    await crash(bench)
    assert await bench.end(claimed) is None


async def test_a_job_is_dead_letter_after_three_crashes_and_runs_alone_before(bench, job):
    claimed = await bench.take()
    for crashes in (1, 2):
        await crash(bench)
        alone = crashes == 2
        [claimed] = await bench.claim(free=1, alone=alone)
        assert claimed.alone == alone
    await crash(bench)
    row = await job(claimed.lease.job_id)
    assert (row["state"], row["error"]["code"], row["crashes"]) == ("failed", "crashed", 3)


async def test_a_newly_stored_step_clears_the_crash_count(bench, job):
    await bench.take()
    await crash(bench)
    [claimed] = await bench.claim()
    await write(bench.conn, [Entry(claimed.lease, [], [StoredStep("a", 1, "hash", b"1")])], monotonic=0)
    assert (await job(claimed.lease.job_id))["crashes"] == 0


async def test_a_rescued_job_with_a_cancel_request_is_cancelled(bench, job):
    claimed = await bench.take()
    await cancel(bench.conn, claimed.lease.job_id)
    await crash(bench)
    row = await job(claimed.lease.job_id)
    assert (row["state"], row["cancellation"]["stopped"]) == ("cancelled", "worker_lost")


async def test_retrying_by_hand_makes_a_new_job_with_the_finished_steps(bench, job):
    claimed = await bench.take(owner="ann")
    await write(bench.conn, [Entry(claimed.lease, [], [StoredStep("a", 1, "hash", b"7")])], monotonic=0)
    await bench.end(claimed, Ending.FAILED, error={"code": "x", "message": "y"})
    new = await retry(bench.conn, claimed.lease.job_id)
    row = await job(new.id)
    assert (row["state"], row["retry_of"], row["owner"], new.queue) == (
        State.QUEUED,
        claimed.lease.job_id,
        "ann",
        "bare",
    )
    [again] = await bench.claim()
    assert again.has_history
    cursor = await bench.conn.execute("SELECT name, result FROM headrace.job_steps WHERE job_id = %s", (new.id,))
    assert await cursor.fetchall() == [("a", 7)]
    assert (await job(claimed.lease.job_id))["state"] == "failed"
