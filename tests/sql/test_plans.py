"""Hot statements read only what they need, by the index meant for it, however wrong the statistics are.

Met and mended: a LIMIT by parameter that made the planner join with the whole table, and a condition on the state that made
a finish read all running jobs, twenty times slower. Both forms of a plan are held to it, the one for given values and the
one that a prepared statement keeps for all values.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from headrace.ai.call import Call
from headrace.ai.call import Outcome as CallOutcome
from headrace.ai.estimate import Reserve
from headrace.ai.opening import open_calls
from headrace.ai.price import Price
from headrace.ai.provider import Usage
from headrace.ai.reading import read_messages
from headrace.ai.settling import Ended, settle_calls, settle_orphans
from headrace.db.query import query
from headrace.errors import HeadraceError
from headrace.ids import new_id
from headrace.jobs.cancel import cancel, find_cancelled
from headrace.jobs.claim import Marks, claim
from headrace.jobs.complete import complete
from headrace.jobs.failures import FailureFilter, group_failures
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Outcome, Submission
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.journal import Entry, Event, EventType, StoredStep, fetch_steps, write
from headrace.jobs.listing import list_jobs
from headrace.jobs.queues import list_queues
from headrace.jobs.quota import measure
from headrace.jobs.replay import preview, replay, replay_all
from headrace.jobs.retry import retry, retry_all
from headrace.jobs.show import list_events, list_runs, list_steps, show_job
from headrace.jobs.state_counts import count_states
from headrace.jobs.states import State
from headrace.jobs.submit import submit
from headrace.jobs.upkeep import calls, expire, promote, rescue, settle
from headrace.jobs.wait import WaitState
from headrace.jobs.waits import list_job_waits, list_waits
from headrace.jobs.why import explain
from headrace.live.reading import read_children, read_events, read_jobs
from headrace.worker.lease import find_running

BIG = {"ai_calls", "ai_messages", "waits", "jobs", "job_events", "job_steps", "job_runs", "job_labels"}
BATCH = 40
# of what tests/sql/conftest.py fills in
ENDED, LIVE, FEW = 40_000, 24_000, 20
DUE, ADMITTED, ORPHANS, QUEUED, RUNNING, OF_ONE = 50, 125, 200, 3_000, 12_000, 1_800
LONG_AGO, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
EXPIRED = 100  # of the running jobs that wait, those whose time has come
OPEN = 100
MODES = ("force_custom_plan", "force_generic_plan")


async def claim_twice(world, *, alone=False):
    marks = Marks(["nothing", "work"])
    for _ in range(2):
        await claim(world.conn, world.worker, marks, free=BATCH, alone=alone)


async def finish_batch(world):
    endings = [Ending.COMPLETED, Ending.FAILED, Ending.RETRY, Ending.RELEASED] * (BATCH // 4)
    ends = [Outcome(lease=lease, ending=e) for lease, e in zip(world.leases(BATCH), endings, strict=True)]
    await finish(world.conn, ends)


async def complete_batch(world):
    ends = [Outcome(lease=lease, ending=Ending.COMPLETED, result=b"1") for lease in world.leases(BATCH)]
    await complete(world.conn, ends)


async def write_batch(world):
    event, step = Event(EventType.LOG, 0.0, {"message": "m"}), StoredStep("new", 9, "hash", b"1")
    entries = [Entry(lease, [event], [step], write=new_id()) for lease in world.leases(BATCH)]
    await write(world.conn, entries, monotonic=0.0)


async def submit_batch(world):
    keys = [None, "new", *(f"key {40_000 + n}" for n in range(4, BATCH))]
    jobs = [Submission(task="plans.run", queue="work", input=b"{}", unique_key=key) for key in keys]
    await submit(world.conn, jobs)


async def retry_batch(world):
    await retry_all(world.conn, dict.fromkeys(world.some("failed", BATCH)))


async def replay_batch(world):
    await replay_all(world.conn, world.some("failed", BATCH), "step")


async def look_for_alone_jobs(world):
    ages = {"reserve_after": 30.0, "beside_after": 600.0, "now": None}
    params = {"queues": ["nothing", "work"], "worker": world.worker, **ages}
    await world.conn.execute(query("headrace.worker", "find_alone_jobs"), params)


async def follow(world):
    ids = world.some("running", BATCH)
    await read_jobs(world.conn, ids)
    await read_events(world.conn, dict.fromkeys(ids, 0), most=256)


async def show(world):
    [id_] = world.some("completed", 1)
    await show_job(world.conn, id_)
    await list_events(world.conn, id_, after=0, limit=50)
    await list_steps(world.conn, id_)
    await list_runs(world.conn, id_)


def page(**wanted):
    async def act(world):
        await list_jobs(world.conn, JobFilter(**wanted), limit=50)

    return act


def old(statement, **params):
    """A statement of retention, over all jobs that completed."""

    async def act(world):
        due = {
            "state": "completed",
            "states": ["completed", "failed"],
            "before": datetime.now(UTC) + timedelta(hours=1),
        }
        values = {**due, "last_id": UUID(int=2**127), **params}
        text = query("headrace.jobs.upkeep", statement)
        await world.conn.execute(text, {name: value for name, value in values.items() if f"%({name})s" in text})

    return act


async def look_for_work(world):
    params = {"worker": new_id(), "queues": ["nothing", "work"], "now": None}
    await world.conn.execute(query("headrace.worker", "has_work"), params)


async def ask_models(world):
    whom = {"task": "plans.run", "owner": "ann", "provider": "openai", "model": "gpt-5", "reserve": Reserve(9, 9, 9, 9)}
    calls = [
        Call(id=new_id(), job_id=lease.job_id, fence=lease.fence, run=1, step="ai.text", **whom)
        for lease in world.leases(BATCH)
    ]
    await open_calls(world.conn, calls)
    ended = CallOutcome(state="ok", usage=Usage(1, 1), price=Price(1), messages="sealed")
    await settle_calls(world.conn, [Ended(call.id, call.job_id, ended) for call in calls])


async def recall_an_answer(world):
    [lease] = world.leases(1)
    call = Call(
        id=new_id(),
        job_id=lease.job_id,
        fence=lease.fence,
        run=1,
        step="ai.text",
        task="plans.run",
        owner="ann",
        provider="openai",
        model="gpt-5",
        reserve=Reserve(0, 0, 0, 0),
    )
    told = {"answered_by": "gpt-5", "finish_reason": "stop", "messages": "sealed", "shard": 0, "now": None}
    await world.conn.execute(query("headrace.ai", "write_cached_call"), {**call.row, **told})


async def read_what_was_said(world):
    [id_] = world.some("completed", 1)
    await read_messages(world.conn, id_, id_)


async def list_open_waits(world):
    await list_waits(world.conn, WaitState.OPEN, "answer", before=UUID(int=2**128 - 1), limit=BATCH)


async def cancel_one(world):
    await cancel(world.conn, world.some("queued", 1)[0])


# What is done; the indexes of `jobs` it may read; how many rows of the large tables it may look at. Rows that a statement
# changed before, in a transaction that was rolled back, count too, so the bounds are wide; what must not be is far beyond.
ACTS = {
    "claim": (claim_twice, {"jobs_ready", "jobs_pkey"}, 8 * BATCH),
    "claim of a job that runs alone": (partial(claim_twice, alone=True), {"jobs_ready", "jobs_pkey"}, 2),
    "look for jobs that run alone": (look_for_alone_jobs, {"jobs_ready"}, 1),
    "finish": (finish_batch, {"jobs_pkey"}, 6 * BATCH),
    "complete": (complete_batch, {"jobs_pkey"}, 4 * BATCH),
    "journal": (write_batch, {"jobs_pkey"}, 6 * BATCH),
    "stored steps": (lambda w: fetch_steps(w.conn, w.leases(1)[0].job_id), set(), 4),
    "submit": (submit_batch, {"jobs_pkey", "jobs_unique"}, 6 * BATCH),
    "ask models": (ask_models, {"jobs_pkey"}, 24 * BATCH),
    "recall an answer": (recall_an_answer, {"jobs_pkey"}, 4),
    "what was said in a call": (read_what_was_said, set(), 2),
    "give up calls": (lambda w: settle_orphans(w.conn), {"jobs_pkey"}, 16 * OPEN),
    "cancel": (cancel_one, {"jobs_pkey"}, 6),
    "retry": (lambda w: retry(w.conn, w.some("failed", 1)[0]), {"jobs_pkey"}, 6),
    "retry of many": (retry_batch, {"jobs_pkey"}, 6 * BATCH),
    "replay of many": (replay_batch, {"jobs_pkey"}, 8 * BATCH),
    "replay": (lambda w: replay(w.conn, w.some("failed", 1)[0], "step"), {"jobs_pkey"}, 8),
    "preview of a replay": (lambda w: preview(w.conn, w.some("failed", 1)[0], "step"), {"jobs_pkey"}, 12),
    "watch": (follow, {"jobs_pkey"}, 8 * BATCH),
    "children to follow": (lambda w: read_children(w.conn, w.some("failed", 1)[0], 9, most=64), set(), 8),
    "show": (show, {"jobs_pkey"}, 12),
    "first page": (page(), {"jobs_pkey"}, 51),
    "page of a final state": (page(states=[State.FAILED]), {"jobs_finished"}, 51),
    # All of this task lie in one span, and wrong statistics may have it read whole, with what other acts submitted.
    "page of a task": (page(tasks=["plans.run"]), {"jobs_pkey"}, ENDED + LIVE + 50 * BATCH),
    "page of a task that none has": (page(tasks=["none"]), {"jobs_pkey"}, 0),
    "page of a state of a task that none has": (
        page(tasks=["none"], states=[State.FAILED]),
        {"jobs_pkey", "jobs_finished"},
        0,
    ),
    "page of a queue that none has": (page(queues=["none"]), {"jobs_pkey"}, 0),
    "page of waiting jobs": (page(states=[State.WAITING]), {"jobs_resting"}, FEW),
    "page of an owner of few jobs": (page(owner="few"), {"jobs_pkey"}, FEW),
    "page of an owner of many jobs": (page(owner="many"), {"jobs_pkey"}, 51),
    "page of a state of an owner": (page(owner="few", states=[State.COMPLETED]), {"jobs_pkey"}, FEW),
    "page of an owner and a tag": (page(owner="many", tag="mark"), {"jobs_pkey"}, 51),
    "page of a tag that none has": (page(tag="none"), {"jobs_pkey"}, 0),
    "page of the queued ones of an owner": (
        page(owner="many", states=[State.QUEUED]),
        {"jobs_ready", "jobs_pkey"},
        LIVE,
    ),
    "page of named jobs": (page(ids=[new_id() for _ in range(1_000)]), {"jobs_pkey"}, 1_000),
    "page of a search with an end": (page(error_text="none", oldest=new_id()), {"jobs_pkey"}, 51),
    "page of errors with an end": (
        page(fingerprint="none", oldest=UUID(int=0)),
        {"jobs_finished", "jobs_pkey"},
        ENDED + LIVE,
    ),
    "what an owner has": (lambda w: measure(w.conn, "few"), {"jobs_pkey"}, FEW),
    # Wrong statistics may make these look at all that ended, but never at more.
    "delete old jobs": (old("delete_old_jobs", most=BATCH), {"jobs_finished", "jobs_pkey"}, ENDED + BATCH),
    "count old jobs": (old("count_old_jobs", cap=BATCH), {"jobs_finished", "jobs_pkey"}, ENDED),
    "delete the oldest jobs": (
        old("delete_oldest_jobs", most=BATCH, excess=1 << 40),
        {"jobs_finished", "jobs_pkey"},
        ENDED + 4 * BATCH,
    ),
    "errors": (
        lambda w: group_failures(w.conn, FailureFilter(begin=LONG_AGO, end=FAR)),
        {"jobs_finished"},
        ENDED // 50,
    ),
    # up to 10,000 of each state, all of them where the planner believes in few
    "counts by state": (
        lambda w: count_states(w.conn, JobFilter()),
        {"jobs_ready", "jobs_resting", "jobs_running", "jobs_finished"},
        2 * (ENDED + LIVE),
    ),
    "counts of an owner": (
        lambda w: count_states(w.conn, JobFilter(owner="many")),
        {"jobs_ready", "jobs_resting", "jobs_running", "jobs_finished", "jobs_pkey"},
        2 * (ENDED + LIVE),
    ),
    "has a worker work": (look_for_work, {"jobs_running", "jobs_ready", "jobs_resting"}, LIVE),
    "expire waits": (lambda w: expire.run_once(w.conn, None), {"jobs_pkey"}, 16 * EXPIRED),
    "open waits": (list_open_waits, {"jobs_pkey"}, 4 * BATCH),
    "waits of a job": (lambda w: list_job_waits(w.conn, w.some("running", 1)[0]), {"jobs_pkey"}, 8),
    "children": (lambda w: calls.run_once(w.conn, None), set(), 1),
    # These look at all jobs of a kind, which lie together in an index: due, at a key, of one worker, running.
    "promote": (lambda w: promote.run_once(w.conn, None), {"jobs_resting", "jobs_pkey"}, 6 * DUE),
    "admit": (lambda w: settle.run_once(w.conn, None), {"jobs_resting", "jobs_pkey", "jobs_running"}, 6 * ADMITTED),
    "cancelled jobs of a worker": (lambda w: find_cancelled(w.conn, w.worker), {"jobs_running"}, OF_ONE),
    "jobs of a worker": (lambda w: find_running(w.conn, w.worker), {"jobs_running"}, OF_ONE),
    "rescue": (lambda w: rescue.run_once(w.conn, None), {"jobs_running", "jobs_pkey"}, RUNNING + 6 * ORPHANS),
    "queues": (lambda w: list_queues(w.conn, ["nothing", "work"]), {"jobs_ready"}, 3 * QUEUED),
    "why": (lambda w: explain(w.conn, w.some("queued", 1)[0], State.QUEUED), {"jobs_ready", "jobs_pkey"}, 2 * QUEUED),
}
# The bounds of these grow with the table.
GROWING = {
    "page of the queued ones of an owner",
    "delete old jobs",
    "count old jobs",
    "delete the oldest jobs",
    "has a worker work",
    "errors",
    "counts by state",
    "counts of an owner",
    "page of a task",
    "page of errors with an end",
    "cancelled jobs of a worker",
    "jobs of a worker",
    "rescue",
    "queues",
    "why",
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ACTS)
def test_statement_reads_what_it_needs_by_its_index(world, name, mode):
    act, indexes, most = ACTS[name]
    most *= world.times if name in GROWING else 1
    scans = [scan for scan in world.scans(quiet(act(world)), mode) if scan.table in BIG]
    unmeant = [scan for scan in scans if scan.table == "jobs" and scan.index not in indexes]
    assert not unmeant
    assert not [scan for scan in scans if scan.index is None]
    # labels are narrow and lie in order: how many of them are read is of no account
    assert sum(scan.rows for scan in scans if scan.table != "job_labels") <= most


def test_plans_made_when_the_queue_was_empty_are_not_kept_for_a_full_one(growing):
    """After some uses a prepared statement may get one plan for all values, and keep it while the table fills up."""
    acts = [act for name, (act, _, _) in ACTS.items() if "page" not in name]  # those are not prepared
    for act in acts:
        for _ in range(12):
            growing.run(quiet(act(growing)))
    growing.fill()
    before = growing.rows_read_without_index()
    for act in acts:
        growing.run(quiet(act(growing)))
    assert growing.rows_read_without_index() == before


# What workers do over their connections for claims and plain ends.
KEPT = ("complete", "claim", "claim of a job that runs alone", "look for jobs that run alone")


def test_plans_that_are_kept_for_good_stay_right_when_the_tables_grow(growing_with_kept_plans):
    world = growing_with_kept_plans
    for name in KEPT:
        for _ in range(12):
            world.run(quiet(ACTS[name][0](world)))
    world.fill()
    for name in KEPT:
        act, _, most = ACTS[name]
        unread, read = world.rows_read_without_index(), world.rows_read_by_index()
        world.run(quiet(act(world)))
        assert world.rows_read_without_index() == unread, name
        assert world.rows_read_by_index() - read <= 4 * most, name


async def quiet(act):
    """Let an act find nothing."""
    with suppress(HeadraceError):
        await act
