"""A job told as though it had run: each verb moves the tale's clock and leaves the rows that a worker would have written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from headrace.demo.fault import stored_error
from headrace.demo.rows import Row
from headrace.jobs.job import Failure, Submission
from headrace.jobs.states import State
from headrace.json import dumps

if TYPE_CHECKING:
    from headrace.demo.week import Week

_CHUNK_WORDS = 11
_CANCELLED = Failure(code="cancelled", message="The job was cancelled while it ran.")


class Tale:
    """One job from its submission on; `now` is where its story has come to.

    `headrace.demo.asking`, `calls` and `pauses` tell of AI calls, children and waits.
    """

    def __init__(self, week: Week, submission: Submission, at: datetime) -> None:
        """Begin with the job queued, or scheduled if the submission says `run_at`."""
        self.week = week
        self.submission = submission
        self.id = submission.id
        self.created_at = self.now = at
        self.state = State.SCHEDULED if submission.run_at else State.QUEUED
        self.run_at = submission.run_at
        self.ready_at: datetime | None = None if submission.run_at else at
        self.started_at: datetime | None = None
        self.finished_at: datetime | None = None
        self.cancel_requested_at: datetime | None = None
        self.worker: UUID | None = None
        self.retry_of: UUID | None = None
        self.runs = self.fence = self.failures = self.crashes = self.places = self.stored_bytes = 0
        self.depth = 0
        self.is_parent = False
        self.result: object = None
        self.error: Failure | None = None
        self.cancellation: Row | None = None
        self.told: tuple[float | None, str | None] = (None, None)
        self.children: list[Tale] = []
        self.tables: dict[str, list[Row]] = {}

    def pass_time(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)

    def start(self, after: float | None = None) -> Tale:
        """Have a worker claim the job, a moment later unless told how many seconds."""
        if self.state is State.SCHEDULED and self.run_at:
            self.now = self.ready_at = max(self.now, self.run_at)
        self.pass_time(self.week.rng.uniform(0.02, 0.6) if after is None else after)
        self.state, self.started_at, self.worker = State.RUNNING, self.now, self.week.worker_at(self.now)
        self.runs += 1
        self.fence += 1
        return self

    def progress(self, fraction: float, note: str) -> None:
        """Say how far the job is."""
        self.told = (fraction, note)
        self.event("progress", {"fraction": fraction, "note": note})

    def log(self, message: str, *, level: str = "info") -> None:
        """Add a line to the job's log."""
        self.event("log", {"level": level, "message": message})

    def write(self, text: str, seconds: float, step: str | None = None) -> None:
        """Show text as it is written, a dozen words at a time."""
        words = text.split(" ")
        chunks = [" ".join(words[at : at + _CHUNK_WORDS]) for at in range(0, len(words), _CHUNK_WORDS)]
        for place, chunk in enumerate(chunks):
            self.pass_time(seconds / len(chunks))
            said = chunk if place == len(chunks) - 1 else f"{chunk} "
            self.event("text", {"run": self.runs, "step": step, "text": said})

    def step(self, name: str, result: object, seconds: float, *, kind: str = "step") -> None:
        """Finish a step that took so long."""
        began = self.now
        self.pass_time(seconds)
        self.event("step", {"name": name, "run": self.runs, "took_ms": round(seconds * 1_000)})
        self.keep_step(name, result, began, kind=kind, place=self.next_place())

    def retry(self, error: Failure, delay: float) -> None:
        """Fail this run and rest until the next try."""
        self.failures += 1
        self.error = error
        self.end_run("failed", error)
        self.state, self.run_at = State.SCHEDULED, self.now + timedelta(seconds=delay)

    def release(self, delay: float) -> None:
        """Give the job back at no cost of an attempt, to come back later: what a provider's wish to wait does."""
        self.end_run("released", None)
        self.state, self.run_at = State.SCHEDULED, self.now + timedelta(seconds=delay)

    def crash(self, unnoticed: float) -> None:
        """Lose the worker; another may claim the job when its lease has run out."""
        self.crashes += 1
        message = f"The worker that ran this job died or lost its lease (crash {self.crashes} of 3)."
        self.error = Failure(code="crashed", message=message)
        self.pass_time(unnoticed)
        self.end_run("crashed", self.error)
        self.state, self.ready_at = State.QUEUED, self.now

    def block(self) -> None:
        """Have the job wait for room under its limit key."""
        self.state, self.ready_at = State.BLOCKED, None

    def complete(self, result: object) -> None:
        """End well."""
        self.error, self.result = None, result
        self._end(State.COMPLETED)

    def fail(self, error: Failure) -> None:
        """End with an error that is not tried again."""
        self.failures += 1
        self.error = error
        self._end(State.FAILED)

    def cancel(self, *, took: float = 0.0, reason: str = "user") -> None:
        """Cancel the job: at once while nothing runs, else its worker stops it, which took so long."""
        self.cancel_requested_at = self.now
        asked = {"reason": reason, "requested_at": self.now.isoformat()}
        is_running = self.state is State.RUNNING
        if is_running:
            self.pass_time(took)
            self.failures += 1
            self.error = _CANCELLED
        stopped = "unwound" if is_running else "before_start"
        took_ms = round(took * 1_000) if is_running else 0
        billed = self.sums()["cost_nano_usd"] or 0
        self.cancellation = {**asked, "stopped": stopped, "took_ms": took_ms, "billed_nano_usd": billed}
        self._end(State.CANCELLED)

    def event(self, kind: str, data: Row) -> None:
        """Report something."""
        self.stored_bytes += len(orjson.dumps(data)) + 60
        row = {"job_id": self.id, "seq": len(self.rows("job_events")) + 1, "at": self.now, "type": kind}
        self.rows("job_events").append(row | {"data": dumps(data)})

    def keep_step(
        self, name: str, result: object, began: datetime, *, kind: str, place: tuple[int, int | None]
    ) -> None:
        """Store a step's result; `place` is its number and where in the task's own order it was asked for."""
        stored = dumps(result)
        self.stored_bytes += len(stored) + 200
        row = {"job_id": self.id, "name": name, "kind": kind, "seq": place[0], "place": place[1], "run": self.runs}
        times = {"started_at": began, "finished_at": self.now}
        self.rows("job_steps").append(row | {"args_hash": hash_of(self.id, name), "result": stored} | times)

    def end_run(self, outcome: str, error: Failure | None) -> None:
        """Note a run that ended while the job goes on; the fence rises."""
        row = {"job_id": self.id, "run": self.runs, "worker_id": self.worker, "started_at": self.started_at}
        ended = {"ended_at": self.now, "outcome": outcome, "error": stored_error(error)}
        self.rows("job_runs").append(row | ended)
        self.fence += 1

    def next_place(self) -> tuple[int, int]:
        """Return the number of the next step or wait, and its place."""
        self.places += 1
        return self.places, self.places

    def rows(self, table: str) -> list[Row]:
        """Return the job's rows of a table of the platform, to add to."""
        return self.tables.setdefault(f"headrace.{table}", [])

    def sums(self) -> dict[str, int | None]:
        """Return what the job's own calls came to; `None` before the first one is settled."""
        calls = [call for call in self.rows("ai_calls") if call["state"] != "open"]
        names = ("cost_nano_usd", "input_tokens", "output_tokens")
        return {name: sum(_number(call[name]) for call in calls) if calls else None for name in names}

    def family(self) -> Iterator[Tale]:
        """Yield the tale, its children, and theirs."""
        yield self
        for child in self.children:
            yield from child.family()

    def _end(self, state: State) -> None:
        self.state, self.finished_at = state, self.now
        self.crashes = 0
        self.fence += 1


def hash_of(*parts: object) -> str:
    """Return what stands for the arguments of a step."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
