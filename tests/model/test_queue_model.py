"""The queue does, act by act, what its model does: Hypothesis looks for acts after which the two differ.

Every act is the real statement on a real database. Time is a number that an act moves on. Leases are kept after they were
lost, so that late, doubled and foreign writes are tried all the time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from headrace.db.query import query
from headrace.errors import HeadraceError, UniqueConflict
from headrace.ids import new_id
from headrace.jobs.cancel import cancel, find_cancelled
from headrace.jobs.claim import Marks, claim
from headrace.jobs.complete import complete, may_complete
from headrace.jobs.finish import finish, release_all, release_sync
from headrace.jobs.job import Ending, Lease, Outcome, Submission
from headrace.jobs.journal import Entry, Event, EventType, StoredStep, write
from headrace.jobs.limits import LimitKey, Rate, RateKey
from headrace.jobs.queues import set_limits, set_pause
from headrace.jobs.retry import retry
from headrace.jobs.states import State
from headrace.jobs.submit import submit
from headrace.jobs.upkeep import promote, rescue, settle
from headrace.worker import lease as leases_of

QUEUES = ("left", "right")
TABLES = ("jobs", "workers", "queues", "limit_keys", "counters")  # counters last: a deletion of jobs is counted, too
STRANGER_AGE = 20
SPACING = timedelta(seconds=2)

# Everything that a job's row and its parts say, one tuple a job.
FACTS = """
    SELECT j.id, j.queue, j.state, j.priority, j.alone, j.attempts, j.fence, j.runs, j.failures, j.crashes, j.worker_id,
           j.run_at, j.ready_at, j.started_at, j.finished_at, j.cancel_requested_at IS NOT NULL,
           j.cancellation ->> 'stopped', j.error ->> 'code', j.event_seq, j.last_write,
           ARRAY (SELECT name FROM headrace.job_steps WHERE job_id = j.id ORDER BY seq),
           ARRAY (SELECT seq FROM headrace.job_events WHERE job_id = j.id ORDER BY seq),
           ARRAY (SELECT run || outcome FROM headrace.job_runs WHERE job_id = j.id ORDER BY run), j.limit_key
    FROM headrace.jobs AS j ORDER BY j.id
"""
# What is kept beside the jobs: room under keys, queues' bounds, which ends were counted; and whether the bytes agree.
BOOKS = """
    SELECT 'key', key, capacity, used, next_start FROM headrace.limit_keys
    UNION ALL SELECT 'queue', name, coalesce(concurrency, 0), running, next_start FROM headrace.queues
    UNION ALL SELECT queue, outcome, sum(jobs), 0, NULL FROM headrace.counters GROUP BY queue, outcome
    UNION ALL SELECT 'bytes', '', coalesce((SELECT sum(bytes) FROM headrace.counters), 0) - coalesce(
        (SELECT sum(headrace.bytes_of(stored_bytes, input_size, result)) FROM headrace.jobs WHERE finished_at > '-infinity'),
        0), 0, NULL
"""

seats = st.integers(0, 1)
endings = st.builds(
    lambda ending, delay, stopped: {"ending": ending, "delay": timedelta(seconds=delay), "stopped": stopped},
    st.sampled_from(list(Ending)),
    st.sampled_from([0, 5]),
    st.sampled_from([None, "unwound"]),
)
submissions = st.builds(
    dict,
    queue=st.sampled_from(QUEUES),
    priority=st.sampled_from([0, 0, 1]),
    attempts=st.integers(1, 3),
    delay=st.sampled_from([None, None, None, -5, 5]),
    unique_key=st.sampled_from([None, None, "a", "b"]),
    if_exists=st.sampled_from(["return", "return", "replace", "reject"]),
    limit_key=st.sampled_from([None, None, LimitKey("narrow", 1), LimitKey("wide", 2), LimitKey("wide", 3)]),
    rate_key=st.sampled_from([None, None, None, RateKey("slow", SPACING)]),
)


class QueueMachine(RuleBasedStateMachine):
    """One connection of the loop, one of a thread such as the keeper's, and the model beside them."""

    jobs = Bundle("jobs")
    held = Bundle("held")

    def __init__(self, model, loop, conn, sync_conn):
        super().__init__()
        self.model = model
        self.run = loop.run_until_complete
        self.conn = conn
        self.sync_conn = sync_conn
        self.marks = {}
        self.sent = {}
        self.entries = {}
        self.batch = []
        self.count = 0
        for table in TABLES:
            sync_conn.execute(f"DELETE FROM headrace.{table}")
        self.seats = [self.register(), self.register()]

    def next_id(self):
        """Ids that rise and are the same at every replay."""
        self.count += 1
        return UUID(int=self.count)

    # -- submitting

    @initialize(target=jobs, wanted=st.lists(submissions, min_size=3, max_size=8))
    def begin(self, wanted):
        return self.submit(wanted)

    @rule(target=jobs, wanted=st.lists(submissions, min_size=1, max_size=4))
    def submit(self, wanted):
        batch = [self.submission(dict(one)) for one in wanted]
        self.sent |= {job.id: job for job in batch}
        answers = self.send(batch)
        return multiple(*(answer.id for answer in answers if answer.created))

    def send(self, batch):
        async def work():
            async with self.conn.transaction():
                return await submit(self.conn, batch, now=self.model.now)

        answers = self.run(raised(work()))
        assert answers == self.model.submit(batch)
        return [] if answers is UniqueConflict else answers

    def submission(self, wanted):
        delay = wanted.pop("delay")
        wanted["if_exists"] = wanted["if_exists"] if wanted["unique_key"] else "return"
        run_at = None if delay is None else self.model.now + timedelta(seconds=delay)
        return Submission(task="model.run", input=b"{}", run_at=run_at, id=self.next_id(), **wanted)

    @rule(job_id=jobs)
    def submit_again_after_a_lost_answer(self, job_id):
        if job_id in self.sent:
            self.send([self.sent[job_id]])

    # -- working

    def register(self):
        worker = new_id()
        rules = {"name": "model", "queues": QUEUES, "concurrency": 9, "now": self.model.now}
        self.run(leases_of.register(self.conn, worker, **rules))
        self.model.register(worker)
        self.marks[worker] = Marks(QUEUES)
        return worker

    def worker_at(self, seat):
        """A seat's worker; one that ended is followed by another."""
        if not self.model.workers[self.seats[seat]].is_there:
            self.seats[seat] = self.register()
        return self.seats[seat]

    @rule(
        target=held,
        seat=seats,
        free=st.sampled_from([1, 2, 5]),
        alone=st.sampled_from([False, False, True]),
        rewind=st.booleans(),
        is_heard=st.sampled_from([True, True, True, False]),
    )
    def claim(self, seat, free, alone, rewind, is_heard):
        worker = self.worker_at(seat)
        if rewind:
            self.marks[worker].rewind()
        marks = Marks(QUEUES) if alone else self.marks[worker]
        claimed = self.run(claim(self.conn, worker, marks, free=free, alone=alone, now=self.model.now))
        rows = self.model.claim(worker, QUEUES, free=free, alone=alone, rewind=rewind)
        assert [told(one) for one in claimed] == [expected(row) for row in rows]
        leases = [one.lease for one in claimed]
        if is_heard:
            self.model.workers[worker].known |= set(leases)
        return multiple(*leases)

    @rule(seat=seats, alone=st.booleans(), ends=st.lists(endings, min_size=1, max_size=3), steps=st.integers(0, 1))
    def work(self, seat, alone, ends, steps):
        """Claim, report and finish, so that many runs come to an end."""
        self.claim(seat, free=len(ends), alone=alone, rewind=True, is_heard=True)
        self.report_what_runs(seat, 1, steps)
        self.finish_what_runs(seat, ends)

    @rule(seat=seats, alone=st.booleans())
    def give_back(self, seat, alone):
        self.work(seat, alone, [{"ending": Ending.RELEASED, "delay": timedelta(0), "stopped": None}], 0)

    @rule(seat=seats, ends=st.lists(endings, min_size=1, max_size=3))
    def finish_what_runs(self, seat, ends):
        running = [lease_of(row) for row in self.model.running(self.seats[seat])]
        self.finish([outcome(lease, **ended) for lease, ended in zip(running, ends, strict=False)])

    @rule(one=held, other=held, ends=st.tuples(endings, endings))
    def finish_whatever_was_claimed_once(self, one, other, ends):
        chosen = dict(zip((one, other), ends, strict=True))
        self.finish([outcome(lease, **ended) for lease, ended in chosen.items()])

    @rule()
    def finish_again_after_a_lost_answer(self):
        self.finish(self.batch)

    def finish(self, batch):
        self.batch = batch
        left = self.run(complete(self.conn, batch, now=self.model.now)) if all(map(may_complete, batch)) else batch
        done = {(i := o.lease.job_id): (State.COMPLETED, self.model.jobs[i].queue) for o in batch if o not in left}
        assert done | self.run(finish(self.conn, left, now=self.model.now)) == self.model.finish(batch)

    @rule(seat=seats, events=st.integers(0, 3), steps=st.integers(0, 2))
    def report_what_runs(self, seat, events, steps):
        running = [Lease(row.id, row.fence) for row in self.model.running(self.seats[seat])]
        self.report(running, events, steps)

    @rule(lease=held, events=st.integers(0, 3), steps=st.integers(0, 2))
    def report_of_whatever_was_claimed_once(self, lease, events, steps):
        self.report([lease], events, steps)

    @rule(lease=held)
    def report_again_after_a_lost_answer(self, lease):
        if lease.job_id in self.entries:
            self.write([self.entries[lease.job_id]])

    def report(self, leases, events, steps):
        entries = [self.entry(lease, events, steps) for lease in leases]
        self.entries |= {entry.lease.job_id: entry for entry in entries}
        self.write(entries)

    def entry(self, lease, events, steps):
        said = [Event(EventType.LOG, 0.0, {"message": "m"}) for _ in range(events)]
        numbers = [self.next_id().int for _ in range(steps)]
        return Entry(lease, said, [StoredStep(f"step-{n}", n, "hash", b"1") for n in numbers], write=self.next_id())

    def write(self, entries):
        assert self.run(write(self.conn, entries, monotonic=0.0, now=self.model.now)) == self.model.write(entries)

    # -- cancelling, retrying, pausing

    @rule(job_id=jobs)
    def cancel(self, job_id):
        assert self.run(raised(cancel(self.conn, job_id, now=self.model.now))) == self.model.cancel(job_id)

    @rule(seat=seats)
    def cancel_what_runs(self, seat):
        for row in self.model.running(self.seats[seat])[:2]:
            self.cancel(row.id)

    @rule(target=jobs, job_id=jobs)
    def retry(self, job_id):
        expected = self.model.retry(job_id)
        answer = self.run(raised(retry(self.conn, job_id, now=self.model.now)))
        if expected is not None:
            assert answer is expected
            return multiple()
        assert answer.queue == self.model.jobs[job_id].queue
        self.model.retried(job_id, answer.id)
        return answer.id

    @rule(queue=st.sampled_from(QUEUES), is_paused=st.sampled_from([True, False, False]))
    def pause_or_resume(self, queue, is_paused):
        assert self.run(set_pause(self.conn, queue, QUEUES, paused=is_paused, now=self.model.now)).paused == is_paused
        self.model.lane(queue).is_paused = is_paused

    @rule(queue=st.sampled_from(QUEUES), concurrency=st.sampled_from([None, 1, 2]), is_slow=st.booleans())
    def bound(self, queue, concurrency, is_slow):
        rate = Rate(1, SPACING) if is_slow else None
        self.run(set_limits(self.conn, queue, QUEUES, concurrency=concurrency, rate=rate, now=self.model.now))
        lane = self.model.lane(queue)
        lane.concurrency, lane.spacing, lane.next_start = concurrency, rate and rate.spacing, None

    # -- time, leases, upkeep

    @rule(seconds=st.sampled_from([0.001, 1, 6, 21, 31]), silent=st.sets(seats))
    def wait(self, seconds, silent):
        """Time goes on, and the workers that are not silent renewed their leases meanwhile."""
        self.model.now += timedelta(seconds=seconds)
        for seat, worker in enumerate(self.seats):
            if seat not in silent:
                assert self.renew(worker) == self.model.workers[worker].is_there

    @rule(seat=seats, alone=st.booleans())
    def crash(self, seat, alone):
        """A worker takes one job and dies of it; whoever saw that let its lease run out."""
        self.claim(seat, free=1, alone=alone, rewind=True, is_heard=True)
        worker = self.seats[seat]
        self.model.workers[worker].until = ended = self.model.now - timedelta(seconds=1)
        self.sync_conn.execute("UPDATE headrace.workers SET lease_until = %s WHERE id = %s", [ended, worker])
        self.rescue()

    def renew(self, worker):
        is_renewed = leases_of.renew(self.sync_conn, worker, running=1, now=self.model.now)
        assert is_renewed == self.model.renew(worker)
        return is_renewed

    @rule(seat=seats)
    def keep_the_lease(self, seat):
        worker = self.seats[seat]
        asked = self.run(find_cancelled(self.conn, worker))
        running = self.model.running(worker)
        assert set(asked) == {Lease(row.id, row.fence) for row in running if row.is_cancel_asked}
        if self.renew(worker):
            self.give_strangers_back(worker)

    def give_strangers_back(self, worker):
        now = self.model.now
        params = {"id": worker, "age": STRANGER_AGE, "now": now}
        found = self.sync_conn.execute(query("headrace.worker", "find_strangers"), params).fetchall()
        old = now - timedelta(seconds=STRANGER_AGE)
        running = {Lease(row.id, row.fence) for row in self.model.running(worker) if row.started_at <= old}
        assert {Lease(*row) for row in found} == running
        strangers = running - self.model.workers[worker].known
        release_sync(self.sync_conn, strangers, now=now)
        self.model.finish(released(strangers))

    @rule(seat=seats)
    def announce_the_stop(self, seat):
        worker = self.worker_at(seat)
        self.run(leases_of.announce_stopping(self.conn, worker))
        self.model.workers[worker].state = "stopping"
        assert self.run(claim(self.conn, worker, Marks(QUEUES), free=5, now=self.model.now)) == []

    @rule(seat=seats)
    def stop(self, seat):
        self.announce_the_stop(seat)
        now, worker = self.model.now, self.seats[seat]
        running = self.run(leases_of.find_running(self.conn, worker, now=now))
        assert set(running) == {Lease(row.id, row.fence) for row in self.model.running(worker)}
        self.run(release_all(self.conn, running, now=now))
        self.model.finish(released(running))
        self.run(leases_of.retire(self.conn, worker))
        self.model.workers[worker].state = "stopped"

    @rule(seat=seats)
    def claim_by_one_that_ended(self, seat):
        worker = self.seats[seat]
        if not self.model.workers[worker].is_there:
            assert self.run(claim(self.conn, worker, Marks(QUEUES), free=5, now=self.model.now)) == []
            assert not self.renew(worker)

    @rule()
    def promote(self):
        assert self.run(promote.run_once(self.conn, self.model.now)).rows == self.model.promote()

    @rule()
    def rescue(self):
        assert self.run(rescue.run_once(self.conn, self.model.now)).rows == self.model.rescue()

    @rule()
    def settle(self):
        assert self.run(settle.run_once(self.conn, self.model.now)).rows == self.model.settle()

    # -- the same at every moment

    @invariant()
    def is_as_the_model_says(self):
        found = {facts[0]: facts[1:] for facts in self.sync_conn.execute(FACTS).fetchall()}
        assert found == {id_: facts_of(row) for id_, row in self.model.jobs.items()}

    @invariant()
    def books_are_as_the_model_says(self):
        keys = {("key", name, key.capacity, key.used, key.next_start) for name, key in self.model.keys.items()}
        lanes = {("queue", name, q.concurrency or 0, q.running, q.next_start) for name, q in self.model.lanes.items()}
        counted = {(queue, ending, count, 0, None) for (queue, ending), count in self.model.counted.items()}
        found = set(self.sync_conn.execute(BOOKS).fetchall())
        assert found == keys | lanes | counted | {("bytes", "", 0, 0, None)}

    @invariant()
    def no_limit_is_exceeded_and_nobody_waits_where_there_is_room(self):
        holding = Counter(
            row.limit_key for row in self.model.jobs.values() if row.state in {State.QUEUED, State.RUNNING}
        )
        blocked = {row.limit_key for row in self.model.jobs.values() if row.state is State.BLOCKED}
        for name, key in self.model.keys.items():
            assert key.used == holding[name]
            assert key.used >= key.capacity or name not in blocked

    @invariant()
    def workers_are_as_the_model_says(self):
        found = self.sync_conn.execute("SELECT id, state, lease_until FROM headrace.workers").fetchall()
        assert set(found) == {(id_, tenure.state, tenure.until) for id_, tenure in self.model.workers.items()}


def told(one):
    return (one.lease, one.queue, one.run, one.failures, one.attempts, one.alone, one.has_history)


def lease_of(row):
    return Lease(row.id, row.fence, has_limit_key=row.limit_key is not None, is_plain=True)  # as far as a worker knows


def expected(row):
    had = (row.runs, row.failures, row.attempts, row.alone, row.runs > 1 or row.is_retry)
    return (Lease(row.id, row.fence), row.queue, *had)


def outcome(lease, ending, delay, stopped):
    if ending is Ending.COMPLETED:
        return Outcome(lease=lease, ending=ending, result=b"1", stopped=stopped)
    if ending is Ending.PARKED:
        return Outcome(lease=lease, ending=ending)
    error = None if ending is Ending.RELEASED else {"code": "exception", "message": "no"}
    return Outcome(lease=lease, ending=ending, error=error, delay=delay, stopped=stopped)


def released(leases):
    return [Outcome(lease=lease, ending=Ending.RELEASED, stopped="released") for lease in leases]


def facts_of(row):
    return (
        *(row.queue, row.state, row.priority, row.alone, row.attempts, row.fence, row.runs, row.failures, row.crashes),
        *(row.worker, row.run_at, row.ready_at, row.started_at, row.finished_at, row.is_cancel_asked),
        *(row.stopped, row.error, row.events, row.last_write, row.steps),
        list(range(1, row.events + 1)),
        [f"{run}{outcome}" for run, outcome in row.past],
        row.limit_key,
    )


async def raised(work):
    """Return what `work` returns, or the class of the expected error that it raises."""
    try:
        return await work
    except HeadraceError as error:
        return type(error)


@pytest.fixture
def loop():
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture
def connections(database_url, loop):
    with psycopg.connect(database_url, autocommit=True) as sync_conn:
        sync_conn.execute("SET timezone = 'UTC'")
        conn = loop.run_until_complete(psycopg.AsyncConnection.connect(database_url, autocommit=True))
        yield conn, sync_conn
        loop.run_until_complete(conn.close())


def test_queue_does_what_its_model_does(model, profile, loop, connections):
    run_state_machine_as_test(lambda: QueueMachine(model(), loop, *connections), settings=profile)
