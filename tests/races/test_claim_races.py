"""Claims against claims, cancels and rescues: a job has one runner, and no claim slips past a rescue."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from headrace.jobs.cancel import cancel
from headrace.jobs.upkeep import rescue

pytestmark = pytest.mark.anyio


async def test_eight_claimers_claim_every_job_exactly_once(arena, together):
    submitted = set(await arena.submit(400))
    conns = [await arena.connect() for _ in range(8)]
    workers = [await arena.worker() for _ in conns]

    def claimer(n):
        async def take_all():
            mine = []
            while found := await arena.claim(workers[n], free=7, conn=conns[n]):
                mine += found
            return mine

        return take_all

    taken = await together([claimer(n) for n in range(8)])
    # a claimer that saw only rows others held may have stopped early: what is left belongs to nobody
    rest = await arena.claim(workers[0], free=400)
    all_taken = [job for mine in taken for job in mine] + rest
    assert len(all_taken) == 400
    assert {job.lease.job_id for job in all_taken} == submitted
    assert {job.lease.fence for job in all_taken} == {1}
    for worker, mine in zip(workers[1:], taken[1:], strict=True):
        held = await arena.count("SELECT count(*) FROM headrace.jobs WHERE worker_id = %s", worker)
        assert held == len(mine)


async def test_a_job_in_an_uncommitted_claim_is_passed_over_without_waiting(arena):
    await arena.submit(2)
    first, second = await arena.worker(), await arena.worker()
    conn = await arena.connect()
    async with conn.transaction():
        [mine] = await arena.claim(first, free=1, conn=conn)
        async with asyncio.timeout(20):
            [others] = await arena.claim(second)
    assert mine.lease.job_id != others.lease.job_id


async def test_a_claim_that_rolls_back_leaves_the_job_to_others(arena):
    [job_id] = await arena.submit()
    first, second = await arena.worker(), await arena.worker()
    conn = await arena.connect()
    async with conn.transaction(force_rollback=True):
        assert await arena.claim(first, conn=conn)
    [claimed] = await arena.claim(second)
    assert (claimed.lease.job_id, claimed.lease.fence, claimed.run) == (job_id, 1, 1)


async def test_a_worker_that_is_being_declared_dead_claims_nothing_and_does_not_wait(arena):
    # the rescue may go on to wait for what the claim has locked
    await arena.submit()
    worker = await arena.worker()
    upkeep = await arena.connect()
    async with upkeep.transaction():
        await rescue.run_once(upkeep, datetime.now(UTC) + timedelta(hours=1))
        async with asyncio.timeout(20):
            assert await arena.claim(worker) == []
    assert await arena.count("SELECT count(*) FROM headrace.jobs WHERE state = 'queued'") == 1


async def test_a_claim_that_finds_nothing_writes_nothing_that_it_would_have_to_wait_for(arena):
    worker = await arena.worker()
    conn = await arena.connect()
    assert await writes(conn, arena.claim(worker, conn=conn)) == ([], False)
    [job_id] = await arena.submit()
    [claimed], has_written = await writes(conn, arena.claim(worker, conn=conn))
    assert (claimed.lease.job_id, has_written) == (job_id, True)


async def writes(conn, work):
    """What some work returns, and whether it wrote anything."""
    async with conn.transaction():
        found = await work
        [has_written] = await (await conn.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")).fetchone()
    return found, has_written


async def test_a_worker_whose_lease_ran_out_claims_nothing(arena):
    await arena.submit()
    worker = await arena.worker()
    await arena.expire(worker)
    assert await arena.claim(worker) == []


async def test_a_worker_with_an_uncommitted_claim_is_declared_dead_at_the_next_sweep_with_its_job(arena):
    [job_id] = await arena.submit()
    worker = await arena.worker()
    conn = await arena.connect()
    async with conn.transaction():
        assert await arena.claim(worker, conn=conn)
        await arena.expire(worker)
        async with asyncio.timeout(20):
            done = await rescue.run_once(arena.watcher, None)
        assert done.rows == 0
        assert await arena.count("SELECT count(*) FROM headrace.workers WHERE state = 'live'") == 1
    assert (await arena.row(job_id))["state"] == "running"
    done = await rescue.run_once(arena.watcher, None)
    row = await arena.row(job_id)
    assert (done.rows, row["state"], row["crashes"], row["failures"], row["fence"]) == (1, "queued", 1, 0, 2)


async def test_a_cancel_that_waits_for_a_claim_becomes_a_request(arena):
    [job_id] = await arena.submit()
    worker = await arena.worker()
    conn, canceller = await arena.connect(), await arena.connect()
    async with conn.transaction():
        assert await arena.claim(worker, conn=conn)
        cancelling = await arena.blocked(canceller, cancel(canceller, job_id))
    assert await cancelling == "running"
    row = await arena.row(job_id)
    assert (row["state"], row["fence"], row["cancellation"]["reason"]) == ("running", 1, "user")


async def test_a_job_in_an_uncommitted_cancel_is_not_claimed(arena):
    [job_id] = await arena.submit()
    worker = await arena.worker()
    conn = await arena.connect()
    async with conn.transaction():
        assert await cancel(conn, job_id) == "cancelled"
        assert await arena.claim(worker) == []
    assert await arena.claim(worker) == []
    assert (await arena.row(job_id))["state"] == "cancelled"
