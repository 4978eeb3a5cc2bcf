"""Claiming: who may, what comes first, and what stays in the queue."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.anyio


async def test_claims_come_in_the_order_priority_then_time_then_id(bench):
    late = await bench.submit(priority=1)
    first = await bench.submit()
    second = await bench.submit()
    soonest = await bench.submit(priority=-1)
    claimed = [job.lease.job_id for job in await bench.claim()]
    assert claimed == [soonest, first, second, late]


async def test_a_claim_takes_no_more_than_the_free_slots(bench):
    for _ in range(5):
        await bench.submit()
    assert len(await bench.claim(free=3)) == 3
    assert len(await bench.claim(free=3)) == 2


async def test_a_claim_raises_the_fence_and_counts_the_run(bench, job):
    claimed = await bench.take()
    row = await job(claimed.lease.job_id)
    assert (row["state"], row["fence"], row["runs"], row["worker_id"]) == ("running", 1, 1, bench.worker)
    assert claimed.lease.fence == 1


async def test_a_worker_whose_lease_ran_out_claims_nothing(bench):
    await bench.submit()
    await bench.expire()
    assert await bench.claim() == []


@pytest.mark.parametrize("state", ["stopping", "stopped", "dead"])
async def test_a_worker_that_is_not_live_claims_nothing(bench, state):
    await bench.submit()
    await bench.conn.execute("UPDATE headrace.workers SET state = %s WHERE id = %s", (state, bench.worker))
    assert await bench.claim() == []


async def test_an_unregistered_worker_claims_nothing(bench):
    await bench.submit()
    await bench.conn.execute("DELETE FROM headrace.workers")
    assert await bench.claim() == []


async def test_a_paused_queue_keeps_its_jobs(bench):
    await bench.submit()
    await bench.conn.execute("INSERT INTO headrace.queues (name, paused) VALUES ('bare', true)")
    assert await bench.claim() == []
    await bench.conn.execute("UPDATE headrace.queues SET paused = false")
    assert len(await bench.claim()) == 1


async def test_jobs_of_other_queues_stay(bench):
    await bench.submit()
    await bench.conn.execute("UPDATE headrace.jobs SET queue = 'other'")
    assert await bench.claim() == []


async def test_what_lies_before_the_mark_is_found_by_the_next_scan_from_the_head(bench):
    await bench.take()
    overlooked = await bench.submit(priority=-1)
    assert await bench.claim() == []
    bench.marks.rewind()
    [found] = await bench.claim()
    assert found.lease.job_id == overlooked


async def test_a_large_input_does_not_travel_with_the_claim(bench):
    await bench.submit()
    await bench.conn.execute("UPDATE headrace.jobs SET input_size = 40000")
    [claimed] = await bench.claim()
    assert claimed.input is None


async def test_a_job_that_must_run_alone_is_claimed_only_by_who_asks_for_one(bench):
    alone = await bench.submit()
    await bench.conn.execute("UPDATE headrace.jobs SET alone = true")
    assert await bench.claim() == []
    [claimed] = await bench.claim(free=1, alone=True)
    assert (claimed.lease.job_id, claimed.alone) == (alone, True)


async def test_scheduled_jobs_are_not_claimed(bench):
    await bench.submit(run_at=datetime.now(UTC) + timedelta(minutes=1))
    assert await bench.claim() == []
