"""One run of a job, as its code sees it: what it reports, which steps it may skip, and when it has to stop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from headrace.db.connect import Database
from headrace.errors import LeaseLost, NeedsDatabase, NotStorable, StepChanged
from headrace.jobs import journal
from headrace.jobs.course import Course, in_thread
from headrace.jobs.halt import Halt
from headrace.jobs.job import Claimed
from headrace.jobs.journal import Entry, Event, EventType, Journal, StoredStep, clean
from headrace.jobs.step import StepCall
from headrace.jobs.wait import StoredWait
from headrace.json import adapter_of, encode_as

STEP_RESULT_MAX = 1024 * 1024
STEP_NAME_MAX = 200
EVENT_TEXT_MAX = 64 * 1024

_lock = threading.Lock()
_current_step: ContextVar[str | None] = ContextVar("headrace_step", default=None)


class Run:
    """The state of one run; its methods may be called from the run's task or from its thread."""

    # what most runs never change or fill stays with the class: a short job is hardly more than the making of its run
    task: asyncio.Task[None] | None = None
    thread_done: asyncio.Event | None = None
    overstay: asyncio.TimerHandle | None = None
    deadline = float("inf")
    abandoned = is_executing = is_timed = _has_reported = False
    _steps = _resumed_after = _storing = 0
    waits: Mapping[str, StoredWait] = MappingProxyType({})
    _stored: Mapping[str, StoredStep] = MappingProxyType({})
    _answered: set[str] | None = None
    _texts: set[str | None] | None = None
    _names: dict[str, int] | None = None

    def __init__(self, claimed: Claimed, database: Database | None, journal: Journal) -> None:
        """Begin a run that knows of no earlier one."""
        self.claimed, self.lease = claimed, claimed.lease
        self.journal = journal
        self.halt = Halt()
        self._database = database
        self._course = Course()

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self.claimed.lease.job_id

    @property
    def database(self) -> Database:
        """The worker's connections; raises `NeedsDatabase` in a child process."""
        if self._database is None:
            raise NeedsDatabase(
                "A task with executor='process' has no database connection, so job.transaction can't be used in it. Return "
                "what is to be written, or do the writing in a task of its own with the executor 'async' or 'thread'."
            )
        return self._database

    @property
    def history(self) -> tuple[list[StoredStep], int]:
        """The steps that earlier runs finished, and the event that told of the last: what `remember` takes."""
        return list(self._stored.values()), self._resumed_after

    @property
    def step_name(self) -> str | None:
        """The unique name of the step this code runs in, if it runs in one."""
        return _current_step.get()

    @property
    def effect_key(self) -> str:
        """The same text at every run of this step: give it to whoever has to recognise a repeated effect."""
        step = _current_step.get()
        return f"{self.id}:{step}" if step else str(self.id)

    def remember(
        self, stored: dict[str, StoredStep], last_event: int, waits: dict[str, StoredWait] | None = None
    ) -> None:
        """Let the steps that earlier runs finished answer from storage; `last_event` told of the last of them."""
        self._stored = stored
        self.waits = waits or {}
        self._resumed_after = last_event
        if self.claimed.failures == 0:  # after a failure the code may take another way, by `job.attempt`
            self._course.hold_to([*stored.values(), *self.waits.values()])
        self._steps = max([0, *(step.seq for step in stored.values()), *(wait.seq for wait in self.waits.values())])

    def report(self, kind: EventType, data: dict[str, Any]) -> None:
        """Record an event, unless the code is only walking again through what it reported before."""
        self.halt.check()
        if _current_step.get() is None and self.is_replaying:
            return
        self.post([Event(kind, time.monotonic(), data)])

    def post(self, events: list[Event]) -> None:
        """Have events written soon."""
        self._has_reported = True
        self.journal.post(Entry(self.lease, events))

    def text(self, chunk: str) -> None:
        """Record streamed text; the first of a step in a later run is preceded by a reset: the earlier runs' is void."""
        step = _current_step.get()
        if step is None and self.is_replaying:
            return
        if self._texts is None:
            self._texts = set()
        if step not in self._texts:
            self._texts.add(step)
            if self.claimed.run > 1:
                self.reset_text()
        for start in range(0, len(chunk), EVENT_TEXT_MAX):
            piece = clean(chunk[start : start + EVENT_TEXT_MAX])
            self.report(EventType.TEXT, {"step": step, "run": self.claimed.run, "text": piece})

    def reset_text(self) -> None:
        """Void the streamed text of the present step; outside of steps, what came after the event of the last stored one."""
        step = _current_step.get()
        if self._texts and step in self._texts:
            after = self._resumed_after if step is None else 0
            self.report(EventType.TEXT_RESET, {"step": step, "run": self.claimed.run, "after": after})

    @property
    def is_replaying(self) -> bool:
        """Whether stored steps are still ahead that will answer without running."""
        return len(self._answered or ()) < len(self._stored)

    def tell_what_was_left(self) -> None:
        """Log the steps that earlier runs finished and the code, which has come to its end, no longer asks for."""
        if left := self._course.left():
            names = ", ".join(map(repr, left[:20]))
            text = f"The code has changed: it no longer asks for steps that an earlier run finished: {names}"
            self.post([Event(EventType.LOG, time.monotonic(), {"level": "warning", "message": text})])

    def call(self, name: str, key: str | None, returns: object, args_hash: str) -> StepCall:
        """Name a call and look for its stored answer; raises `StepChanged` if it answered another question."""
        unique = self._unique_name(name, key)
        place = self._course.take(unique) if _current_step.get() is None and self._is_own_code() else None
        stored = self._stored.get(unique)
        if stored is not None:
            if stored.args_hash != args_hash:
                raise StepChanged(
                    f"Step {unique!r} was stored with other arguments than the code now passes. Give the changed step a "
                    "new name, or submit the job anew."
                )
            self._answered = self._answered or set()
            self._answered.add(unique)
        return StepCall(unique, args_hash, adapter_of(returns), stored, time.monotonic(), place)

    @contextmanager
    def in_step(self, name: str) -> Iterator[None]:
        """Count a step as in flight until it is stored, and label what it reports."""
        token = _current_step.set(name)
        self.halt.begin_step()
        try:
            yield
        finally:
            self.halt.end_step()
            _current_step.reset(token)

    def entry(
        self, call: StepCall, value: object, kind: Literal["step", "transaction"] = "step"
    ) -> tuple[Entry, bytes]:
        """Return what has to be written for a finished step, and its result as JSON; raises `NotStorable`."""
        result = encode_as(call.adapter, value)
        if len(result) > STEP_RESULT_MAX:
            raise NotStorable(
                f"Step {call.name!r} returned {len(result):,} bytes; a stored result may have {STEP_RESULT_MAX:,}"
            )
        now = time.monotonic()
        step = StoredStep(call.name, self.next_number(), call.args_hash, result, now - call.started, kind, call.place)
        data = {"name": call.name, "run": self.claimed.run, "took_ms": round((now - call.started) * 1000)}
        return Entry(self.lease, [Event(EventType.STEP, now, data)], [step]), result

    async def store(self, call: StepCall, value: object) -> Any:  # noqa: ANN401 - the step's own type
        """Store a finished step; return its value as a later run would get it. Raises `LeaseLost`."""
        entry, result = self.entry(call, value)
        await self.write(entry)
        return call.decode(result)

    async def write(self, entry: Entry) -> None:
        """Have an entry stored before the code goes on; raises `LeaseLost`."""
        if not await self.keep(entry):
            raise self._lost()

    async def keep(self, entry: Entry) -> bool:
        """Have an entry stored; false if this run has lost its job."""
        self._storing += 1
        is_stored = await self.journal.store(entry)
        self._storing -= 1
        return is_stored

    async def store_in(self, session: Any, call: StepCall, value: object) -> Any:  # noqa: ANN401 - any caller's connection
        """Store a finished step in the caller's transaction; raises `LeaseLost`, which must roll it back."""
        entry, result = self.entry(call, value, "transaction")
        if not await journal.write(session, [entry], monotonic=time.monotonic()):
            raise self._lost()
        return call.decode(result)

    async def settle(self) -> None:
        """Wait until everything reported so far is written, and steps too that the code no longer waited for."""
        if self._has_reported or self._storing:
            await self.journal.settle()

    def next_number(self) -> int:
        """Return the place of a further step among the job's."""
        with _lock:
            self._steps += 1
            return self._steps

    def _is_own_code(self) -> bool:
        """Whether the task's function asks itself, and no branch that it set going."""
        return in_thread.get() or (self.task is not None and asyncio.current_task() is self.task)

    def _lost(self) -> LeaseLost:
        self.halt.now("lease")
        return LeaseLost(f"This run no longer owns job {self.id}; it goes on elsewhere")

    def _unique_name(self, name: str, key: str | None) -> str:
        if not name or len(name) + len(key or "") > STEP_NAME_MAX:
            raise ValueError(f"A step's name (with its key) has 1 to {STEP_NAME_MAX} characters")
        if key is not None:
            return f"{name}[{key}]"
        with _lock:
            self._names = self._names or {}
            count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"
