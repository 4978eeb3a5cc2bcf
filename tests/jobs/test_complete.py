"""Completing: the short statement writes plain jobs as finishing would, and leaves all others to it."""

from __future__ import annotations

import psycopg
import pytest

from headrace.jobs.cancel import cancel
from headrace.jobs.complete import complete, may_complete
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Lease, Outcome

pytestmark = pytest.mark.anyio


def ended(claimed, result=b"1"):
    return Outcome(lease=claimed.lease, ending=Ending.COMPLETED, result=result)


async def counted(bench):
    cursor = await bench.conn.execute(
        "SELECT task, queue, outcome, sum(jobs)::integer, sum(bytes)::bigint FROM headrace.counters GROUP BY 1, 2, 3"
    )
    return await cursor.fetchall()


async def test_a_plain_job_is_written_as_finishing_writes_it(bench, job):
    for _ in range(2):
        await bench.submit()
    one, other = await bench.claim()
    assert may_complete(ended(one))
    assert await complete(bench.conn, [ended(one, b'{"a": 1}')]) == []
    [(_, _, _, jobs, bytes_)] = await counted(bench)
    await finish(bench.conn, [ended(other, b'{"a": 1}')])
    ours, theirs = await job(one.lease.job_id), await job(other.lease.job_id)
    own = {"id", "created_at", "ready_at", "started_at", "finished_at"}
    assert {name: ours[name] for name in ours if name not in own} == {
        name: theirs[name] for name in theirs if name not in own
    }
    assert await counted(bench) == [("bare.anything", "bare", "completed", 2 * jobs, 2 * bytes_)]


async def test_an_outcome_sent_again_or_under_an_old_fence_hits_nothing(bench, job):
    claimed = await bench.take()
    stale = Outcome(lease=Lease(claimed.lease.job_id, claimed.lease.fence - 1), ending=Ending.COMPLETED, result=b"2")
    assert await complete(bench.conn, [stale]) == [stale]
    assert await complete(bench.conn, [ended(claimed)]) == []
    again = ended(claimed, b"3")
    assert await complete(bench.conn, [again]) == [again]
    assert (await job(claimed.lease.job_id))["result"] == 1
    assert [jobs for *_, jobs, _ in await counted(bench)] == [1]


async def test_each_job_of_a_batch_gets_its_own_result_in_whatever_order_they_come(bench, job):
    for _ in range(7):
        await bench.submit()
    texts = [
        b"null",
        b'"a \\"b\\" {\\\\}, \\n\\u00e9"',
        b"[]",
        b'{"a":[1,{"b":null}]}',
        b"1.5",
        b"-9007199254740993",
        b'""',
    ]
    batch = [ended(claimed, text) for claimed, text in zip(await bench.claim(), texts, strict=True)]
    assert await complete(bench.conn, batch[::-1]) == []
    found = [(await job(outcome.lease.job_id))["result"] for outcome in batch]
    assert found == [None, 'a "b" {\\}, \né', [], {"a": [1, {"b": None}]}, 1.5, -9007199254740993, ""]


async def test_a_result_that_postgresql_refuses_is_refused_with_its_batch(bench, job):
    for _ in range(2):
        await bench.submit()
    good, bad = await bench.claim()
    with pytest.raises(psycopg.DataError):
        await complete(bench.conn, [ended(good), ended(bad, b'"\\u0000"')])
    assert (await job(good.lease.job_id))["state"] == "running"


@pytest.mark.parametrize(
    "change",
    ["limit_key = 'key'", "is_parent = true", "call_id = gen_random_uuid()", "cancel_requested_at = now()"],
)
async def test_a_job_whose_end_moves_more_than_a_counter_is_left_to_finishing(bench, job, change):
    claimed = await bench.take()
    await bench.conn.execute(f"UPDATE headrace.jobs SET {change} WHERE id = %s", [claimed.lease.job_id])
    assert await complete(bench.conn, [ended(claimed)]) == [ended(claimed)]
    assert (await job(claimed.lease.job_id))["state"] == "running"


async def test_a_job_whose_queue_is_bounded_is_left_to_finishing(bench):
    claimed = await bench.take()
    await bench.conn.execute("INSERT INTO headrace.queues (name, concurrency) VALUES ('bare', 5)")
    assert len(await complete(bench.conn, [ended(claimed)])) == 1


@pytest.mark.parametrize("change", ["limit_key = 'key'", "is_parent = true", "call_id = gen_random_uuid()"])
async def test_a_claim_says_that_something_hangs_on_a_jobs_end(bench, change):
    job_id = await bench.submit()
    await bench.conn.execute(f"UPDATE headrace.jobs SET {change} WHERE id = %s", [job_id])
    [claimed] = await bench.claim()
    assert not may_complete(ended(claimed))


async def test_what_did_not_complete_is_not_tried(bench):
    claimed = await bench.take()
    assert not may_complete(Outcome(lease=claimed.lease, ending=Ending.FAILED))
    assert not may_complete(Outcome(lease=claimed.lease, ending=Ending.RELEASED))


async def test_a_cancel_request_that_came_first_gets_its_receipt(bench, job):
    claimed = await bench.take()
    await cancel(bench.conn, claimed.lease.job_id)
    left = await complete(bench.conn, [ended(claimed)])
    await finish(bench.conn, left)
    assert (await job(claimed.lease.job_id))["cancellation"]["stopped"] == "too_late"
