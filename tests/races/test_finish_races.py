"""Finishes against rescues, cancels and themselves: one final state, written once, by the run that owns the job."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial

import pytest

from headrace.errors import JobFinished
from headrace.jobs.cancel import cancel
from headrace.jobs.complete import complete
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Outcome
from headrace.jobs.upkeep import rescue

pytestmark = pytest.mark.anyio


async def test_a_late_finish_after_a_rescue_hits_nothing_and_the_second_run_decides(arena, completed):
    zombie, first = await arena.run()
    await arena.expire(zombie)
    await rescue.run_once(arena.watcher, None)
    [second] = await arena.claim(await arena.worker())
    assert await finish(arena.watcher, [completed(first)]) == {}
    outcome = Outcome(lease=second.lease, ending=Ending.COMPLETED, result=b'"second"')
    assert second.lease.job_id in await finish(arena.watcher, [outcome])
    assert await finish(arena.watcher, [completed(first)]) == {}
    row = await arena.row(second.lease.job_id)
    assert (row["state"], row["result"], row["runs"], row["failures"]) == ("completed", "second", 2, 0)


async def test_a_finish_that_waits_for_a_rescue_writes_nothing_once_that_commits(arena, completed):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    upkeep, late = await arena.connect(), await arena.connect()
    async with upkeep.transaction():
        await rescue.run_once(upkeep, None)
        finishing = await arena.blocked(late, finish(late, [completed(claimed)]))
    assert await finishing == {}
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["result"], row["finished_at"]) == ("queued", None, None)


async def test_a_finish_that_waits_for_a_rescue_is_written_if_that_rolls_back(arena, completed):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    upkeep, late = await arena.connect(), await arena.connect()
    async with upkeep.transaction(force_rollback=True):
        await rescue.run_once(upkeep, None)
        finishing = await arena.blocked(late, finish(late, [completed(claimed)]))
    assert claimed.lease.job_id in await finishing
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["crashes"]) == ("completed", 0)


async def test_a_job_in_an_uncommitted_finish_is_not_rescued(arena, completed):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    conn = await arena.connect()
    async with conn.transaction():
        assert await finish(conn, [completed(claimed)])
        async with asyncio.timeout(20):
            assert (await rescue.run_once(arena.watcher, None)).rows == 0
    assert (await rescue.run_once(arena.watcher, None)).rows == 0
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["crashes"], row["fence"]) == ("completed", 0, 2)


async def test_a_finish_sent_again_after_a_lost_commit_hits_nothing(arena, failed):
    _, claimed = await arena.run()
    assert claimed.lease.job_id in await finish(arena.watcher, [failed(claimed)])
    before = await arena.row(claimed.lease.job_id)
    assert await finish(arena.watcher, [failed(claimed)]) == {}
    assert await arena.row(claimed.lease.job_id) == before
    assert (before["state"], before["failures"]) == ("queued", 1)
    assert await arena.count("SELECT count(*) FROM headrace.job_runs") == 1


async def test_a_finish_sent_again_hits_nothing_even_if_the_same_worker_claimed_the_job_anew(arena, failed):
    worker, claimed = await arena.run()
    await finish(arena.watcher, [failed(claimed)])
    [again] = await arena.claim(worker)
    assert await finish(arena.watcher, [failed(claimed)]) == {}
    row = await arena.row(again.lease.job_id)
    assert (row["state"], row["failures"], row["fence"]) == ("running", 1, again.lease.fence)


async def test_two_batches_with_the_same_jobs_in_opposite_order_write_each_once_without_deadlock(
    arena, together, failed
):
    for _ in range(10):
        await arena.submit(40)
        claimed = await arena.claim(await arena.worker(), free=40)
        outcomes = [failed(job) for job in claimed]
        one, two = await arena.connect(), await arena.connect()
        answers = await together([partial(finish, one, outcomes), partial(finish, two, outcomes[::-1])])
        assert not [answer for answer in answers if isinstance(answer, BaseException)]
        assert sorted([*answers[0], *answers[1]]) == sorted(job.lease.job_id for job in claimed)
        await arena.watcher.execute("UPDATE headrace.jobs SET state = 'cancelled', finished_at = now()")
    assert await arena.count("SELECT count(*) FROM headrace.jobs WHERE failures <> 1") == 0


async def test_a_finish_that_waits_for_a_cancel_sees_the_request(arena, completed, failed):
    for outcome_of, state, stopped in ((completed, "completed", "too_late"), (failed, "cancelled", "by_itself")):
        _, claimed = await arena.run()
        asking, finishing = await arena.connect(), await arena.connect()
        async with asking.transaction():
            assert await cancel(asking, claimed.lease.job_id) == "running"
            waiting = await arena.blocked(finishing, finish(finishing, [outcome_of(claimed)]))
        assert (await waiting)[claimed.lease.job_id][0] == state
        row = await arena.row(claimed.lease.job_id)
        assert (row["state"], row["cancellation"]["stopped"]) == (state, stopped)


async def test_a_cancel_that_waits_for_a_finish_is_told_the_final_state(arena, completed):
    _, claimed = await arena.run()
    finishing, asking = await arena.connect(), await arena.connect()
    async with finishing.transaction():
        await finish(finishing, [completed(claimed)])
        waiting = await arena.blocked(asking, cancel(asking, claimed.lease.job_id))
    with pytest.raises(JobFinished, match="completed already"):
        await waiting
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["cancellation"], row["cancel_requested_at"]) == ("completed", None, None)


@pytest.mark.parametrize("rounds", [120, pytest.param(1_000, marks=pytest.mark.long)])
async def test_cancel_against_finish_ends_in_one_state_with_a_receipt_that_fits(
    arena, together, completed, failed, rounds
):
    asking, finishing = await arena.connect(), await arena.connect()
    seen: Counter[str] = Counter()
    for n in range(rounds):
        _, claimed = await arena.run(attempts=3)
        outcome = (completed, failed)[n % 2](claimed)
        job_id = claimed.lease.job_id
        # every third finish begins a little earlier, so that both orders happen
        works = [partial(finish, finishing, [outcome]), partial(cancel, asking, job_id)]
        asked = (await together(works if n % 3 else works[::-1]))[1 if n % 3 else 0]
        row = await arena.row(job_id)
        seen[f"{outcome.ending} {row['state']}"] += 1
        if isinstance(asked, JobFinished):
            assert (row["state"], row["cancellation"]) == ("completed", None)
        elif outcome.ending is Ending.COMPLETED:
            assert (row["state"], row["cancellation"]["stopped"]) == ("completed", "too_late")
        else:
            assert row["state"] == "cancelled", asked
            assert row["cancellation"]["stopped"] in {"by_itself", "before_start"}
            assert row["cancellation"]["took_ms"] >= 0
        assert row["finished_at"] is not None
    assert sum(seen.values()) == rounds
    assert set(seen) == {"completed completed", "retry cancelled"}


async def test_a_rescue_of_a_job_with_a_cancel_request_writes_the_receipt(arena):
    zombie, claimed = await arena.run()
    await cancel(arena.watcher, claimed.lease.job_id)
    await arena.expire(zombie)
    await rescue.run_once(arena.watcher, None)
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["cancellation"]["stopped"]) == ("cancelled", "worker_lost")


async def test_a_plain_end_that_waits_for_a_cancel_is_left_to_finishing_once_that_commits(arena, completed):
    _, claimed = await arena.run()
    canceller, late = await arena.connect(), await arena.connect()
    async with canceller.transaction():
        await cancel(canceller, claimed.lease.job_id)
        completing = await arena.blocked(late, complete(late, [completed(claimed)]))
    assert await completing == [completed(claimed)]
    assert (await arena.row(claimed.lease.job_id))["state"] == "running"


async def test_a_plain_end_that_waits_for_a_rescue_writes_nothing_once_that_commits(arena, completed):
    zombie, claimed = await arena.run()
    await arena.expire(zombie)
    upkeep, late = await arena.connect(), await arena.connect()
    async with upkeep.transaction():
        await rescue.run_once(upkeep, None)
        completing = await arena.blocked(late, complete(late, [completed(claimed)]))
    assert await completing == [completed(claimed)]
    row = await arena.row(claimed.lease.job_id)
    assert (row["state"], row["result"], row["finished_at"]) == ("queued", None, None)
    assert await arena.count("SELECT count(*) FROM headrace.counters WHERE outcome = 'completed'") == 0
