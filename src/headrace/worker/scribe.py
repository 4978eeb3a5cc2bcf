"""The worker's two writers: the journal (steps and events) and the outcomes of its runs."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from headrace.clock import Clock
from headrace.db.batch import Batcher
from headrace.db.connect import Database
from headrace.db.wake import JOBS, Wakeups
from headrace.ids import new_id
from headrace.jobs import journal
from headrace.jobs.addresses import Addresses
from headrace.jobs.complete import complete, may_complete
from headrace.jobs.finish import Written, finish
from headrace.jobs.job import Ending, Failure, Lease, Outcome
from headrace.jobs.journal import Entry, Event, EventType
from headrace.jobs.states import State
from headrace.log import get_logger

log = get_logger(__name__)

# A lone event is seen at once; of many that follow one another, those of 50 ms are written together.
EVENT_LINGER = 0.005
EVENT_PACE = 0.05
FINISH_LINGER = 0.002
TEXT_MAX = 64 * 1024
EVENTS_MAX = 100
"""In an entry that grows: 6 MiB of text, less than a batch may weigh."""
UNSTORABLE = "result_not_storable"


class Scribe:
    """Writes for all runs of one worker; a run sees it as its `Journal`."""

    def __init__(
        self,
        database: Database,
        wakeups: Wakeups,
        clock: Clock,
        on_lost: Callable[[Lease], None],
        *,
        completions: Database,
        on_written: Callable[[Sequence[tuple[Lease, State | None]]], None],
        addresses: Callable[[], Addresses],
    ) -> None:
        """Call `on_lost` for a lease whose writes hit nothing, `addresses` when a job asks for one.

        Over `completions`, which keeps its plans, goes what `complete` can write, and all else over `database`.
        `on_written` hears which state each of a batch of finished runs came to, `None` if the run had lost its job.
        """
        self._addresses = addresses
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._database = database
        self._completions = completions
        self._wakeups = wakeups
        self._clock = clock
        self._on_lost = on_lost
        self._untaken: dict[Lease, Entry] = {}
        self._on_written = on_written
        self._entries: Batcher[Entry, bool] = Batcher(
            self._write_journal, name="journal", linger=EVENT_LINGER, pace=EVENT_PACE, weigh=_weigh_entry
        )
        self._outcomes: Batcher[Outcome, State | None] = Batcher(
            self._write_outcomes,
            name="finish",
            linger=FINISH_LINGER,
            weigh=_weigh_outcome,
            writers=2,
            on_answers=self._tell,
        )

    def post(self, entry: Entry) -> None:
        """Write events soon; may be called from any thread."""
        if threading.get_ident() == self._thread:
            self._post(entry)
        else:
            self._loop.call_soon_threadsafe(self._post, entry)

    async def store(self, entry: Entry) -> bool:
        """Write a step now; false if its run has lost the job."""
        entry.write = new_id()
        self._untaken.pop(entry.lease, None)  # what is reported from here on comes after the step
        return await self._entries.put(entry)

    async def settle(self) -> None:
        """Wait until the journal is written."""
        await self._entries.settle()

    async def callback_url(self, number: UUID, sealed: str | None) -> tuple[str, str]:
        """Return the URL of a callback's address, and the same sealed."""
        return self._addresses().url(number, sealed)

    def finish(self, outcome: Outcome) -> None:
        """Have an outcome written soon; one that PostgreSQL refuses for its data becomes `result_not_storable`."""
        self._outcomes.post(outcome)

    def _tell(self, outcomes: Sequence[Outcome], answers: Sequence[State | Exception | None]) -> None:
        written: list[tuple[Lease, State | None]] = []
        for outcome, answer in zip(outcomes, answers, strict=True):
            if not isinstance(answer, Exception):
                written.append((outcome.lease, answer))
            elif outcome.error is None or outcome.error.get("code") != UNSTORABLE:
                self.finish(_unstorable(outcome, answer))  # whatever is wrong with the result, the job has to end
            else:
                log.error("job.not_finished", job_id=str(outcome.lease.job_id), error=str(answer))
                written.append((outcome.lease, None))
        self._on_written(written)

    def _post(self, entry: Entry) -> None:
        # A streamed text comes in many small pieces: they join what the run reported before and nobody has taken yet.
        untaken = self._untaken.get(entry.lease)
        if untaken is not None and len(untaken.events) < EVENTS_MAX:
            _add(untaken.events, entry.events)
            return
        entry.write = new_id()
        self._untaken[entry.lease] = entry
        self._entries.post(entry)

    async def _write_journal(self, entries: Sequence[Entry]) -> Sequence[bool]:
        for entry in entries if self._untaken else ():  # before anything is awaited: nothing joins an entry on its way
            if self._untaken.get(entry.lease) is entry:
                del self._untaken[entry.lease]
        merged = merge(entries)
        async with self._database.connection() as conn:
            written = await journal.write(conn, merged, monotonic=time.monotonic(), now=self._clock.now)
        self._wakeups.mark({JOBS})
        if len(written) == len(merged):
            return [True] * len(entries)
        for entry in merged:
            if entry.lease.job_id not in written:
                self._on_lost(entry.lease)
        return [entry.lease.job_id in written for entry in entries]

    async def _write_outcomes(self, outcomes: Sequence[Outcome]) -> Sequence[State | None]:
        left = await self._complete(outcomes)
        written = await self._finish(left) if left else {}
        self._wakeups.mark({JOBS})
        if not left:
            return [State.COMPLETED] * len(outcomes)
        states = {outcome.lease: written.get(outcome.lease.job_id, (None, ""))[0] for outcome in left}
        return [states.get(outcome.lease, State.COMPLETED) for outcome in outcomes]

    async def _complete(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Write the plain ones; return the others."""
        if self._completions.pool.closed:  # the worker's tenure has ended
            return list(outcomes)
        plain = [outcome for outcome in outcomes if may_complete(outcome)]
        others = [outcome for outcome in outcomes if not may_complete(outcome)]
        if plain:
            async with self._completions.connection() as conn:
                others += await complete(conn, plain, now=self._clock.now)
        return others

    async def _finish(self, outcomes: Sequence[Outcome]) -> Written:
        async with self._database.connection() as conn:
            return await finish(conn, outcomes, now=self._clock.now)


def merge(entries: Sequence[Entry]) -> list[Entry]:
    """Return one entry a lease, in order, with neighbouring pieces of the same text joined; the given stay as they are."""
    by_lease: dict[Lease, list[Entry]] = {}
    for entry in entries:
        by_lease.setdefault(entry.lease, []).append(entry)
    return [several[0] if len(several) == 1 else _whole(several) for several in by_lease.values()]


def _whole(entries: Sequence[Entry]) -> Entry:
    whole = Entry(entries[0].lease)
    for entry in entries:
        whole.write = entry.write  # the same at every try, since a batch is tried again as it is
        whole.steps.extend(entry.steps)
        whole.waits.extend(entry.waits)
        _add(whole.events, [Event(event.type, event.at, dict(event.data)) for event in entry.events])
    return whole


def _add(events: list[Event], more: Sequence[Event]) -> None:
    for event in more:
        if events and _continues(events[-1], event):
            events[-1].data["text"] += event.data["text"]
        else:
            events.append(event)


def _continues(last: Event, event: Event) -> bool:
    return (
        last.type is event.type is EventType.TEXT
        and last.data["step"] == event.data["step"]
        and len(last.data["text"]) + len(event.data["text"]) <= TEXT_MAX
    )


def _weigh_entry(entry: Entry) -> int:
    texts = sum(len(event.data.get("text", "")) for event in entry.events)
    return 200 + texts + sum(len(step.result) for step in entry.steps)


def _weigh_outcome(outcome: Outcome) -> int:
    return 200 + len(outcome.result or b"") + len((outcome.error or {}).get("traceback", ""))


def _unstorable(outcome: Outcome, error: Exception) -> Outcome:
    failure = Failure(code=UNSTORABLE, message=f"PostgreSQL refused the result: {str(error).strip()[:1000]}")
    return Outcome(lease=outcome.lease, ending=Ending.FAILED, error=failure, stopped=outcome.stopped)
