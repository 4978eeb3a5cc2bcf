"""Races of families: children that end at once, ends against parks and cancels; no parent is left waiting."""

import asyncio
import itertools
import random
from uuid import UUID

import psycopg
import pytest

from headrace.ids import new_id
from headrace.jobs.called import Call, open_call
from headrace.jobs.cancel import cancel_all
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Lease, Outcome, Submission
from headrace.jobs.journal import Entry
from headrace.jobs.submit import submit
from headrace.jobs.upkeep import rescue
from headrace.jobs.upkeep.calls import run_once
from headrace.jobs.wait import Kind, OpenedWait
from headrace.worker.lease import register

pytestmark = pytest.mark.anyio
ROUNDS = 60
UNFINISHED = "SELECT count(*) FROM headrace.jobs WHERE finished_at IS NULL AND cancel_requested_at IS NULL"


class Families:
    """Parents with their calls open and their children claimed, and connections to end them by."""

    def __init__(self, url: str, conn: psycopg.AsyncConnection) -> None:
        self.url = url
        self.conn = conn
        self.worker = new_id()
        self.opened: list[psycopg.AsyncConnection] = []

    async def enlist(self) -> None:
        self.worker = new_id()
        await register(self.conn, self.worker, name="races", queues=["races"], concurrency=10)

    async def connect(self) -> psycopg.AsyncConnection:
        self.opened.append(await psycopg.AsyncConnection.connect(self.url, autocommit=True))
        return self.opened[-1]

    async def claim(self) -> dict[UUID, Lease]:
        claimed = await claim(self.conn, self.worker, Marks(["races"]), free=500)
        return {job.lease.job_id: job.lease for job in claimed}

    async def make(self, count: int, children: int, **options) -> list[tuple[Lease, UUID, list[Lease]]]:
        """Return each parent's lease, its wait and its children's leases."""
        await submit(self.conn, [job() for _ in range(count)])
        parents = list((await self.claim()).values())
        calls = [call_of(parent, children, **options) for parent in parents]
        for call in calls:
            await open_call(self.conn, call)
        leases = {}
        while len(leases) < count * children:
            leases |= await self.claim()
        return [
            (parent, call.id, [leases[child.id] for child in call.children])
            for parent, call in zip(parents, calls, strict=True)
        ]

    async def states(self, *jobs: UUID) -> list[str]:
        sql = "SELECT state FROM headrace.jobs WHERE id = ANY (%s) ORDER BY id"
        return [state for (state,) in await (await self.conn.execute(sql, (list(jobs),))).fetchall()]

    async def count(self, sql: str) -> int:
        return (await (await self.conn.execute(sql)).fetchone())[0]


def job() -> Submission:
    return Submission(task="races.run", queue="races", input=b"{}", attempts=3)


def call_of(parent: Lease, children: int, *, fail_fast: bool = True) -> Call:
    wait = OpenedWait(id=new_id(), name="call", seq=1, kind=Kind.CHILDREN, args_hash="hash")
    jobs = [job() for _ in range(children)]
    return Call(id=wait.id, entry=Entry(parent, waits=[wait]), children=jobs, fail_fast=fail_fast, limit_key=None)


def done(lease: Lease) -> Outcome:
    return Outcome(lease=lease, ending=Ending.COMPLETED, result=b"1")


def parked(lease: Lease, wait: UUID) -> Outcome:
    return Outcome(lease=lease, ending=Ending.PARKED, waits=(wait,))


@pytest.fixture
async def families(database_url, anyio_backend):
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        made = Families(database_url, conn)
        await made.enlist()
        yield made
        for opened in made.opened:
            await opened.close()


async def test_two_children_that_end_at_once_wake_their_parent_once(families):
    one, other = await families.connect(), await families.connect()
    for parent, wait, (first, second) in await families.make(ROUNDS, 2):
        await finish(families.conn, [parked(parent, wait)])
        await asyncio.gather(finish(one, [done(first)]), finish(other, [done(second)]))
        assert await families.states(parent.job_id) == ["queued"]
    assert await families.count("SELECT count(*) FROM headrace.job_calls WHERE is_due OR children_left <> 0") == 0
    assert await families.count("SELECT count(*) FROM headrace.job_steps WHERE name = 'call'") == ROUNDS


async def test_a_child_that_ends_while_its_parent_parks_is_not_missed(families):
    one, other = await families.connect(), await families.connect()
    for parent, wait, (child,) in await families.make(ROUNDS, 1):
        acts = [finish(one, [parked(parent, wait)]), finish(other, [done(child)])]
        random.shuffle(acts)
        await asyncio.gather(*acts)
        assert await families.states(parent.job_id) == ["queued"]


async def test_a_child_that_ends_in_one_batch_with_its_parents_park_is_not_missed(families):
    [(parent, wait, (child,))] = await families.make(1, 1)
    await finish(families.conn, [parked(parent, wait), done(child)])
    assert await families.states(parent.job_id) == ["queued"]


async def test_a_cancel_of_the_parent_against_the_end_of_a_child_leaves_nobody_waiting(families):
    one, other = await families.connect(), await families.connect()
    for parent, wait, (first, _) in await families.make(ROUNDS, 2):
        await finish(families.conn, [parked(parent, wait)])
        acts = [cancel_all(one, [parent.job_id], reason="user"), finish(other, [done(first)])]
        random.shuffle(acts)
        await asyncio.gather(*acts)
        assert await families.states(parent.job_id, first.job_id) == ["cancelled", "completed"]
    async with asyncio.timeout(30):
        while (await run_once(families.conn, None)).rows:
            pass
    assert await families.count(UNFINISHED) == 0


async def test_the_first_of_several_failures_wakes_the_parent_before_the_others_end(families):
    one, other = await families.connect(), await families.connect()
    failed = {"error": {"code": "x", "message": "y"}, "ending": Ending.FAILED}
    for parent, wait, (first, second, _) in await families.make(20, 3):
        await finish(families.conn, [parked(parent, wait)])
        ends = [finish(conn, [Outcome(lease=lease, **failed)]) for conn, lease in ((one, first), (other, second))]
        await asyncio.gather(*ends)
        assert await families.states(parent.job_id) == ["queued"]
    assert await families.count("SELECT count(*) FROM headrace.waits WHERE state = 'failed'") == 20


async def test_batches_with_children_of_many_parents_in_any_order_do_not_deadlock(families):
    """Five connections finish batches, each with a child of each of forty parents, in an order of its own."""
    made = await families.make(40, 10)
    for parent, wait, _ in made:
        await finish(families.conn, [parked(parent, wait)])
    batches = [[children[n] for _, _, children in made] for n in range(10)]

    async def end(conn, mine):
        for batch in mine:
            random.shuffle(batch)
            await finish(conn, [done(lease) for lease in batch])

    conns = [await families.connect() for _ in range(5)]
    shares = [list(itertools.islice(batches, n, None, 5)) for n in range(5)]
    await asyncio.gather(*(end(conn, share) for conn, share in zip(conns, shares, strict=True)))
    states = await families.states(*(parent.job_id for parent, _, _ in made))
    assert states == ["queued"] * 40
    assert await families.count("SELECT max(abs(children_left)) FROM headrace.job_calls") == 0


async def test_a_call_opened_twice_because_an_answer_was_lost_has_its_children_once(families):
    await submit(families.conn, [job()])
    [parent] = (await families.claim()).values()
    call = call_of(parent, 3)
    await open_call(families.conn, call)
    await open_call(families.conn, call)
    assert await families.count("SELECT count(*) FROM headrace.jobs") == 4


async def test_a_parent_that_was_resumed_by_nobody_is_resumed_by_upkeep(families):
    [(parent, wait, (child,))] = await families.make(1, 1)
    await finish(families.conn, [parked(parent, wait)])
    await finish(families.conn, [done(child)])
    undo = "UPDATE headrace.jobs SET state = 'waiting' WHERE id = %s"  # as if the process had died before it told
    await families.conn.execute(undo, (parent.job_id,))
    await families.conn.execute("DELETE FROM headrace.job_steps")
    await families.conn.execute("UPDATE headrace.waits SET state = 'open', settled_at = NULL")
    await families.conn.execute("UPDATE headrace.job_calls SET is_due = true")
    assert (await run_once(families.conn, None)).rows == 1
    assert await families.states(parent.job_id) == ["queued"]
    assert (await run_once(families.conn, None)).rows == 0


async def test_a_child_that_crashes_for_good_fails_its_call(families):
    [(parent, wait, (child,))] = await families.make(1, 1)
    await finish(families.conn, [parked(parent, wait)])
    for _ in range(3):
        await families.conn.execute("UPDATE headrace.workers SET lease_until = now() - interval '1 s'")
        await rescue.run_once(families.conn, None)
        await families.enlist()
        await claim(families.conn, families.worker, Marks(["races"]), free=1)
        await claim(families.conn, families.worker, Marks(["races"]), free=1, alone=True)
    assert await families.states(child.job_id) == ["failed"]
    await run_once(families.conn, None)
    assert await families.states(parent.job_id) == ["queued"]
