"""Cancelling: at once where nothing runs; a final state never changes."""

import pytest

from headrace import NotFound, State
from headrace.errors import JobFinished
from headrace.ids import new_id
from headrace.jobs.cancel import cancel, find_cancelled

pytestmark = pytest.mark.anyio


async def test_a_queued_job_is_cancelled_at_once_with_a_receipt(bench, job):
    job_id = await bench.submit()
    assert await cancel(bench.conn, job_id, reason="changed my mind") is State.CANCELLED
    row = await job(job_id)
    assert (row["state"], row["fence"]) == ("cancelled", 1)
    assert row["cancellation"]["stopped"] == "before_start"
    assert row["cancellation"]["reason"] == "changed my mind"
    assert await bench.claim() == []


async def test_a_running_job_gets_a_request_that_its_worker_finds(bench, job):
    claimed = await bench.take()
    assert await cancel(bench.conn, claimed.lease.job_id) is State.RUNNING
    assert await find_cancelled(bench.conn, bench.worker) == [claimed.lease]
    assert (await job(claimed.lease.job_id))["fence"] == claimed.lease.fence


async def test_asking_again_keeps_the_first_request(bench, job):
    claimed = await bench.take()
    await cancel(bench.conn, claimed.lease.job_id, reason="first")
    asked = (await job(claimed.lease.job_id))["cancel_requested_at"]
    await cancel(bench.conn, claimed.lease.job_id, reason="second")
    row = await job(claimed.lease.job_id)
    assert (row["cancel_requested_at"], row["cancellation"]["reason"]) == (asked, "first")


async def test_a_finished_job_cannot_be_cancelled(bench, job):
    claimed = await bench.take()
    await bench.end(claimed)
    with pytest.raises(JobFinished, match="completed already"):
        await cancel(bench.conn, claimed.lease.job_id)
    assert (await job(claimed.lease.job_id))["cancellation"] is None


async def test_an_unknown_job_is_not_found(bench):
    with pytest.raises(NotFound):
        await cancel(bench.conn, new_id())
