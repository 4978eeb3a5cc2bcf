"""Why is it not running? Each unfinished job says what it waits for; and the queues say what waits in them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headrace.errors import NotFound
from headrace.jobs.cancel import cancel
from headrace.jobs.job import Ending
from headrace.jobs.queues import list_queues, set_pause
from headrace.jobs.states import State
from headrace.jobs.tally import CAP, Tally
from headrace.jobs.upkeep import rescue
from headrace.jobs.why import Reason, explain

pytestmark = pytest.mark.anyio

FILL = """
    INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, ready_at, input)
    SELECT gen_random_uuid(), 'bare.anything', 'bare', 'queued', 1, 2, now(), now() - interval '1 hour', '{}'
    FROM generate_series(1, %s)
"""


OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


async def queue_of(bench, name="bare", known=()):
    return next((queue for queue in await list_queues(bench.conn, known) if queue.name == name), None)


async def test_a_scheduled_job_names_its_time(bench):
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    why = await explain(bench.conn, await bench.submit(run_at=at), State.SCHEDULED)
    assert (why.reason, why.until, why.position) == (Reason.SCHEDULED, at, None)
    assert at.strftime("%H:%M:%S") in why.detail


async def test_a_job_that_failed_says_that_it_is_tried_again(bench):
    claimed = await bench.take()
    await bench.end(claimed, Ending.RETRY, error={"code": "x"}, delay=timedelta(minutes=5))
    why = await explain(bench.conn, claimed.lease.job_id, State.SCHEDULED)
    assert (why.reason, "tried again" in why.detail) == (Reason.SCHEDULED, True)


async def test_a_queued_job_knows_its_place_in_line(bench):
    last = await bench.submit(priority=1)
    for _ in range(3):
        await bench.submit()
    why = await explain(bench.conn, last, State.QUEUED)
    assert (why.reason, why.position) == (Reason.IN_LINE, Tally(4))


async def test_the_place_in_line_does_not_count_other_queues(bench):
    await bench.submit()
    await bench.conn.execute("UPDATE headrace.jobs SET queue = 'other'")
    assert (await explain(bench.conn, await bench.submit(), State.QUEUED)).position == Tally(1)


async def test_the_place_in_line_is_counted_up_to_a_cap(bench):
    await bench.conn.execute(FILL, (CAP + 500,))
    why = await explain(bench.conn, await bench.submit(), State.QUEUED)
    assert (why.position, why.position.text) == (Tally(CAP, is_exact=False), "10,000+")


async def test_a_paused_queue_is_told(bench):
    job_id = await bench.submit()
    await set_pause(bench.conn, "bare", [], paused=True)
    assert (await explain(bench.conn, job_id, State.QUEUED)).reason is Reason.QUEUE_PAUSED


async def test_a_queue_that_no_live_worker_serves_is_told(bench):
    job_id = await bench.submit()
    await bench.expire()
    assert (await explain(bench.conn, job_id, State.QUEUED)).reason is Reason.NO_WORKER


async def test_a_job_that_crashed_twice_waits_for_an_idle_worker(bench):
    claimed = await bench.take()
    await bench.conn.execute("UPDATE headrace.jobs SET crashes = 1")
    await bench.expire()
    await rescue.run_once(bench.conn, None)
    await bench.register()
    assert (await explain(bench.conn, claimed.lease.job_id, State.QUEUED)).reason is Reason.ALONE


async def test_a_job_that_runs_or_has_ended_has_no_reason(bench):
    claimed = await bench.take()
    assert await explain(bench.conn, claimed.lease.job_id, State.RUNNING) is None
    await bench.end(claimed)
    assert await explain(bench.conn, claimed.lease.job_id, State.COMPLETED) is None


async def test_a_job_that_moved_on_meanwhile_is_not_explained_by_its_old_state(bench):
    job_id = await bench.submit()
    await cancel(bench.conn, job_id)
    assert await explain(bench.conn, job_id, State.QUEUED) is None


async def test_a_queue_tells_depth_and_the_age_of_its_oldest_whatever_its_priority(bench):
    await bench.submit(priority=5)
    await bench.conn.execute("UPDATE headrace.jobs SET ready_at = now() - interval '1 hour'")
    await bench.submit()
    queue = await queue_of(bench)
    assert (queue.depth, queue.workers, queue.paused) == (Tally(2), 1, False)
    assert timedelta(minutes=59) < queue.oldest_age < timedelta(minutes=61)


async def test_a_depth_is_counted_up_to_a_cap(bench):
    await bench.conn.execute(FILL, (CAP,))
    assert (await queue_of(bench)).depth == Tally(CAP)
    await bench.submit()
    assert (await queue_of(bench)).depth.text == "10,000+"


async def test_running_jobs_are_not_part_of_the_depth(bench):
    await bench.take()
    queue = await queue_of(bench)
    assert (queue.depth, queue.oldest_ready_at, queue.oldest_age) == (Tally(0), None, None)


async def test_queues_are_found_by_task_by_worker_and_by_what_they_hold(bench):
    await bench.submit()
    await bench.conn.execute("UPDATE headrace.jobs SET queue = 'orphaned'")
    found = {queue.name: queue.workers for queue in await list_queues(bench.conn, ["declared"])}
    assert found == {"bare": 1, "declared": 0, "orphaned": 0}


async def test_a_worker_whose_lease_ran_out_serves_nothing(bench):
    await bench.expire()
    assert await queue_of(bench) is None


async def test_a_pause_stops_claims_until_it_ends_and_may_be_asked_for_twice(bench):
    await bench.submit()
    for _ in range(2):
        assert (await set_pause(bench.conn, "bare", [], paused=True)).paused
    assert await bench.claim() == []
    assert not (await set_pause(bench.conn, "bare", [], paused=False)).paused
    assert len(await bench.claim()) == 1


async def test_a_queue_that_nothing_names_is_not_paused(bench):
    with pytest.raises(NotFound, match="typo"):
        await set_pause(bench.conn, "typo", ["bare"], paused=True)


def test_the_document_explains_exactly_the_reasons():
    section = OPERATIONS.read_text().partition("## Why is a job not running?")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {"reason", *Reason}
