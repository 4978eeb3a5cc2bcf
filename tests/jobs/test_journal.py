"""The journal: events without gaps, written only by the run that owns the job."""

import pytest

from headrace.ids import new_id
from headrace.jobs.job import Ending, Lease
from headrace.jobs.journal import Entry, Event, EventType, StoredStep, fetch_steps, write
from headrace.worker.scribe import merge

pytestmark = pytest.mark.anyio


def log_line(text: str) -> Event:
    return Event(EventType.LOG, 0.0, {"message": text})


async def events(bench, job_id):
    cursor = await bench.conn.execute(
        "SELECT seq, type, data FROM headrace.job_events WHERE job_id = %s ORDER BY seq", (job_id,)
    )
    return await cursor.fetchall()


async def test_events_are_numbered_without_gaps_across_writes(bench):
    claimed = await bench.take()
    for batch in (["a"], ["b", "c", "d"], ["e"]):
        await write(bench.conn, [Entry(claimed.lease, [log_line(text) for text in batch])], monotonic=0)
    assert [(seq, data["message"]) for seq, _, data in await events(bench, claimed.lease.job_id)] == list(
        enumerate("abcde", start=1)
    )


async def test_a_run_that_lost_its_job_stores_nothing(bench):
    claimed = await bench.take()
    await bench.end(claimed, Ending.RELEASED)
    entry = Entry(claimed.lease, [log_line("late")], [StoredStep("s", 1, "h", b"1")])
    assert await write(bench.conn, [entry], monotonic=0) == set()
    assert await events(bench, claimed.lease.job_id) == []
    assert (await fetch_steps(bench.conn, claimed.lease.job_id))[0] == {}


async def test_a_batch_of_several_jobs_keeps_each_in_order(bench):
    for _ in range(3):
        await bench.submit()
    claimed = await bench.claim()
    entries = [Entry(job.lease, [log_line(f"{n}a"), log_line(f"{n}b")]) for n, job in enumerate(claimed)]
    unknown = Entry(Lease(new_id(), 1), [log_line("nobody")])
    written = await write(bench.conn, [*entries, unknown], monotonic=0)
    assert written == {job.lease.job_id for job in claimed}
    for n, job in enumerate(claimed):
        assert [data["message"] for _, _, data in await events(bench, job.lease.job_id)] == [f"{n}a", f"{n}b"]


async def test_progress_is_shown_on_the_job(bench, job):
    claimed = await bench.take()
    progress = [Event(EventType.PROGRESS, 0.0, {"fraction": part, "note": f"at {part}"}) for part in (0.25, 0.5)]
    await write(bench.conn, [Entry(claimed.lease, progress)], monotonic=0)
    row = await job(claimed.lease.job_id)
    assert (row["progress"], row["progress_note"]) == (0.5, "at 0.5")


async def test_events_are_dated_by_their_age(bench):
    claimed = await bench.take()
    await write(
        bench.conn,
        [Entry(claimed.lease, [Event(EventType.LOG, 10.0, {}), Event(EventType.LOG, 15.0, {})])],
        monotonic=20,
    )
    cursor = await bench.conn.execute("SELECT at FROM headrace.job_events ORDER BY seq")
    [(first,), (second,)] = await cursor.fetchall()
    assert (second - first).total_seconds() == 5


async def test_pieces_of_one_text_are_joined_and_others_kept_apart():
    lease = Lease(new_id(), 1)

    def text(step: str | None, chunk: str) -> Entry:
        return Entry(lease, [Event(EventType.TEXT, 0.0, {"step": step, "text": chunk})])

    [merged] = merge([text("a", "x"), text("a", "y"), text("b", "z"), Entry(lease, [log_line("l")]), text("b", "w")])
    assert [event.data.get("text") for event in merged.events] == ["xy", "z", None, "w"]


async def test_merging_joins_no_text_beyond_the_limit():
    lease = Lease(new_id(), 1)
    pieces = [Entry(lease, [Event(EventType.TEXT, 0.0, {"step": None, "text": "x" * 40_000})]) for _ in range(3)]
    [merged] = merge(pieces)
    assert [len(event.data["text"]) for event in merged.events] == [40_000] * 3
