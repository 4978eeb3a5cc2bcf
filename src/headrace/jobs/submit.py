"""Submission: a job is accepted when the transaction that inserts it commits, the caller's or one of our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec
import orjson
from msgspec import structs

from headrace.db.execute import AsyncCaller, Row, SyncCaller, execute, execute_sync
from headrace.db.query import query
from headrace.errors import Conflict, UniqueConflict
from headrace.jobs.bounds import check
from headrace.jobs.job import Submission, Submitted
from headrace.jobs.limits import key_batch
from headrace.jobs.states import State

# A holder of a unique key may finish between our insert and our look: then there is room, and we insert again.
TRIES = 5

Statement: TypeAlias = tuple[str, dict[str, object]]
Script: TypeAlias = Generator[Statement, list[Row], list[Submitted]]


class _Row(msgspec.Struct, omit_defaults=True, gc=False):
    """A job as the queue's SQL takes it: what it leaves out, PostgreSQL need not parse, which halves the cost of a row."""

    id: UUID
    task: str
    queue: str
    attempts: int
    input_size: int
    input: msgspec.Raw
    priority: int = 0
    run_at: datetime | None = None
    delay: float | None = None
    planned_at: datetime | None = None
    owner: str | None = None
    unique_key: str | None = None
    limit_key: str | None = None
    call_id: UUID | None = None
    tags: tuple[str, ...] = ()
    holder: UUID | None = None


async def submit(conn: AsyncCaller, jobs: Sequence[Submission], *, now: datetime | None = None) -> list[Submitted]:
    """Insert jobs in the caller's transaction; one answer each, in their order.

    A job with a unique key that an unfinished job of its task holds is not inserted: its answer names that job. Raises
    `InvalidInput` for values over a limit.
    """
    script = _script(jobs, now)
    try:
        name, params = next(script)
        while True:
            name, params = script.send(await execute(conn, query(__package__, name), params))
    except StopIteration as done:
        return _answers(done.value)


def submit_sync(conn: SyncCaller, jobs: Sequence[Submission], *, now: datetime | None = None) -> list[Submitted]:
    """Insert jobs in the caller's transaction; the blocking twin of `submit`."""
    script = _script(jobs, now)
    try:
        name, params = next(script)
        while True:
            name, params = script.send(execute_sync(conn, query(__package__, name), params))
    except StopIteration as done:
        return _answers(done.value)


def _script(jobs: Sequence[Submission], now: datetime | None) -> Script:
    """Yield the statements to run, take their rows, and return the answers; knows nothing of connections."""
    for job in jobs:
        check(job)
    jobs = yield from _space(jobs, now)
    keys = {job.limit_key.key: job.limit_key.capacity for job in jobs if job.limit_key}
    if keys:
        yield "lock_limit_keys", {"batch": key_batch(keys)}
    answers: dict[UUID, Submitted] = {}
    missing = jobs
    for _ in range(TRIES):
        rows = yield "submit_jobs", {"batch": _batch(_once(missing)), "now": now}
        answers |= {id_: Submitted(id_, State(state), created=True) for id_, state in rows}
        if len(rows) == len(missing):
            break
        missing = [job for job in missing if job.id not in answers]
        rows = yield "find_submitted", {"batch": _keys(missing)}
        # its own id found: it was inserted by a try whose answer was lost
        found = {missing[n - 1].id: Submitted(id_, State(state), id_ == missing[n - 1].id) for n, id_, state in rows}
        answers |= yield from _settle([job for job in missing if job.id in found], found, now)
        missing = [job for job in missing if job.id not in answers]
        if not missing:
            break
    if keys:
        rows = yield "admit_blocked", {"keys": sorted(keys), "now": now}
        admitted = {id_ for id_, _ in rows}
        answers |= {id_: replace(found, state=State.QUEUED) for id_, found in answers.items() if found.id in admitted}
    return [_answer(job, answers) for job in jobs]


def _once(jobs: Sequence[Submission]) -> Sequence[Submission]:
    """Return one job a unique key, in the order of the keys: equal ones can't be inserted, unordered ones deadlock."""
    if not any(job.unique_key for job in jobs):
        return jobs
    once = {(job.task, job.unique_key or job.id): job for job in reversed(jobs)}
    return sorted(once.values(), key=lambda job: (job.task, job.unique_key or "", job.id))


def _settle(
    jobs: Sequence[Submission], found: dict[UUID, Submitted], now: datetime | None
) -> Generator[Statement, list[Row], dict[UUID, Submitted]]:
    """Do with jobs whose unique key is held what they ask for; raises `UniqueConflict`."""
    for job in jobs:
        if job.if_exists == "reject" and found[job.id].id != job.id:
            raise UniqueConflict(
                f"Job {found[job.id].id} holds the unique key {job.unique_key!r}; wait until it is finished"
            )
    replacing = {found[job.id].id: job for job in jobs if job.if_exists == "replace" and found[job.id].id != job.id}
    if not replacing:
        return found
    batch = [_row(job, holder) for holder, job in replacing.items()]
    rows = yield "replace_jobs", {"batch": msgspec.json.encode(batch).decode(), "now": now}
    replaced = {id_ for (id_,) in rows}
    return {id_: replace(answer, replaced=answer.id in replaced) for id_, answer in found.items()}


def _space(jobs: Sequence[Submission], now: datetime | None) -> Generator[Statement, list[Row], Sequence[Submission]]:
    """Give jobs under a rate limit their start times, in their order."""
    asked = Counter(job.rate_key for job in jobs if job.rate_key)
    if not asked:
        return jobs
    batch = [{"key": one.key, "seconds": one.spacing.total_seconds(), "jobs": count} for one, count in asked.items()]
    rows = yield "space_starts", {"batch": orjson.dumps(batch).decode(), "now": now}
    ends = dict(tuple(row) for row in rows)
    starts = {one: ends[one.key] - one.spacing * count for one, count in asked.items()}
    timed: list[Submission] = []
    for job in jobs:
        if job.rate_key is None:
            timed.append(job)
            continue
        start = starts[job.rate_key]
        starts[job.rate_key] = start + job.rate_key.spacing
        timed.append(structs.replace(job, run_at=max(start, job.run_at) if job.run_at else start))
    return timed


def _answer(job: Submission, answers: dict[UUID, Submitted]) -> Submitted:
    try:
        return answers[job.id]
    except KeyError:
        raise Conflict(f"The unique key {job.unique_key!r} changes hands too fast; submit again") from None


def _answers(value: object) -> list[Submitted]:
    assert isinstance(value, list)
    return value


def _batch(jobs: Sequence[Submission]) -> str:
    return msgspec.json.encode([_row(job) for job in jobs]).decode()


def _row(job: Submission, holder: UUID | None = None) -> _Row:
    return _Row(
        id=job.id,
        task=job.task,
        queue=job.queue,
        attempts=job.attempts,
        input_size=len(job.input),
        input=msgspec.Raw(job.input),
        priority=job.priority,
        run_at=job.run_at,
        delay=job.delay.total_seconds() if job.delay else None,
        planned_at=job.planned_at,
        owner=job.owner,
        unique_key=job.unique_key,
        limit_key=job.limit_key.key if job.limit_key else None,
        call_id=job.call_id,
        tags=job.tags,
        holder=holder,
    )


def _keys(jobs: Sequence[Submission]) -> str:
    return orjson.dumps([{"id": job.id, "task": job.task, "unique_key": job.unique_key} for job in jobs]).decode()
