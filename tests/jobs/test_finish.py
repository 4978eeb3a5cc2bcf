"""Finishing: every outcome is written once, by the run that owns the job, and a final state stays."""

from datetime import timedelta

import pytest

from headrace import State
from headrace.jobs.cancel import cancel
from headrace.jobs.fingerprint import fingerprint
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Lease, Outcome

pytestmark = pytest.mark.anyio

FAILURE = {"code": "exception", "message": "boom"}


async def runs(bench, job_id):
    cursor = await bench.conn.execute("SELECT run, outcome FROM headrace.job_runs WHERE job_id = %s", (job_id,))
    return await cursor.fetchall()


async def test_a_success_is_final_and_carries_its_result(bench, job):
    claimed = await bench.take()
    assert await bench.end(claimed, result=b'{"a": 1}') is State.COMPLETED
    row = await job(claimed.lease.job_id)
    assert (row["result"], row["fence"], row["finished_at"] is None) == ({"a": 1}, 2, False)


async def test_an_outcome_sent_again_hits_nothing(bench, job):
    claimed = await bench.take()
    assert await bench.end(claimed, Ending.RETRY, error=FAILURE) is State.QUEUED
    assert await bench.end(claimed, Ending.RETRY, error=FAILURE) is None
    assert (await job(claimed.lease.job_id))["failures"] == 1


async def test_an_outcome_under_an_old_fence_hits_nothing(bench, job):
    claimed = await bench.take()
    await bench.end(claimed, Ending.RELEASED)
    [again] = await bench.claim()
    assert await bench.end(claimed, result=b'"late"') is None
    assert await bench.end(again, result=b'"right"') is State.COMPLETED
    assert (await job(claimed.lease.job_id))["result"] == "right"


async def test_a_failed_run_with_a_delay_is_scheduled_and_kept_as_history(bench, job):
    claimed = await bench.take()
    state = await bench.end(claimed, Ending.RETRY, error=FAILURE, delay=timedelta(seconds=30))
    row = await job(claimed.lease.job_id)
    assert state is State.SCHEDULED
    assert 29 < (row["run_at"] - row["started_at"]).total_seconds() < 40
    assert (row["error"], row["failures"]) == ({**FAILURE, "fingerprint": fingerprint(FAILURE)}, 1)
    assert await runs(bench, claimed.lease.job_id) == [(1, "failed")]


async def test_a_release_costs_no_attempt(bench, job):
    claimed = await bench.take()
    assert await bench.end(claimed, Ending.RELEASED) is State.QUEUED
    row = await job(claimed.lease.job_id)
    assert (row["failures"], row["crashes"]) == (0, 0)
    assert await runs(bench, claimed.lease.job_id) == [(1, "released")]


async def test_a_failure_is_final(bench, job):
    claimed = await bench.take()
    assert await bench.end(claimed, Ending.FAILED, error=FAILURE) is State.FAILED
    assert (await job(claimed.lease.job_id))["error"] == {**FAILURE, "fingerprint": fingerprint(FAILURE)}


async def test_a_success_after_a_cancel_request_stands_and_the_receipt_says_too_late(bench, job):
    claimed = await bench.take()
    assert await cancel(bench.conn, claimed.lease.job_id) is State.RUNNING
    assert await bench.end(claimed) is State.COMPLETED
    receipt = (await job(claimed.lease.job_id))["cancellation"]
    assert (receipt["stopped"], receipt["reason"]) == ("too_late", "user")
    assert receipt["took_ms"] >= 0


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.RETRY, Ending.RELEASED])
async def test_any_other_ending_after_a_cancel_request_is_cancelled(bench, job, ending):
    claimed = await bench.take()
    await cancel(bench.conn, claimed.lease.job_id)
    assert await bench.end(claimed, ending, stopped="unwound") is State.CANCELLED
    assert (await job(claimed.lease.job_id))["cancellation"]["stopped"] == "unwound"


async def test_a_batch_writes_every_job_it_owns_and_names_them(bench):
    for _ in range(3):
        await bench.submit()
    first, second, third = await bench.claim()
    stale = Lease(third.lease.job_id, third.lease.fence - 1)
    written = await finish(
        bench.conn,
        [
            Outcome(lease=first.lease, ending=Ending.COMPLETED, result=b"1"),
            Outcome(lease=second.lease, ending=Ending.FAILED, error=FAILURE),
            Outcome(lease=stale, ending=Ending.COMPLETED, result=b"1"),
        ],
    )
    assert {id_: state for id_, (state, _) in written.items()} == {
        first.lease.job_id: State.COMPLETED,
        second.lease.job_id: State.FAILED,
    }
