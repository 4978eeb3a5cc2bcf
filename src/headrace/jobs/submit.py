"""Submission: a job is accepted when the transaction that inserts it commits, the caller's or one of our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import orjson
from msgspec import structs

from headrace.db.execute import AsyncCaller, Row, SyncCaller, execute, execute_sync
from headrace.db.query import query
from headrace.errors import Conflict, InvalidInput, UniqueConflict
from headrace.jobs.job import INPUT_MAX, Submission, Submitted
from headrace.jobs.states import State

UNIQUE_KEY_MAX = 500
OWNER_MAX = 200
TAGS_MAX = 20
TAG_MAX = 100
# Times that every clock and driver on the way can hold, whatever their offset.
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
DELAY_MAX = timedelta(days=3_660)

# A holder of a unique key may finish between our insert and our look: then there is room, and we insert again.
TRIES = 5

Statement: TypeAlias = tuple[str, dict[str, object]]
Script: TypeAlias = Generator[Statement, list[Row], list[Submitted]]


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


def check(job: Submission) -> None:
    """Raise `InvalidInput` if a value is over its limit; the message names the limit."""
    for is_over, name, what in _LIMITS:
        if is_over(job):
            raise InvalidInput(f"The {name} of {job.task} {what}", pointer=f"/{name}")


def _is_out_of_range(time: datetime | None) -> bool:
    return time is not None and time.tzinfo is not None and not EARLIEST <= time <= LATEST


def _has_nul(job: Submission) -> bool:
    return any("\0" in text for text in (*job.tags, job.unique_key or "", job.owner or ""))


_LIMITS: tuple[tuple[Callable[[Submission], bool], str, str], ...] = (
    (
        lambda job: len(job.input) > INPUT_MAX,
        "input",
        f"is larger than {INPUT_MAX // 1024} KiB; put large data in a file",
    ),
    (
        lambda job: len(job.unique_key or "") > UNIQUE_KEY_MAX,
        "unique_key",
        f"is longer than {UNIQUE_KEY_MAX} characters",
    ),
    (lambda job: len(job.owner or "") > OWNER_MAX, "owner", f"is longer than {OWNER_MAX} characters"),
    (lambda job: len(job.tags) > TAGS_MAX, "tags", f"has more than {TAGS_MAX} entries"),
    (
        lambda job: bool(job.tags) and max(map(len, job.tags)) > TAG_MAX,
        "tags",
        f"has an entry longer than {TAG_MAX} characters",
    ),
    (_has_nul, "tags, unique_key or owner", "contains the character NUL"),
    (lambda job: job.run_at is not None and job.run_at.tzinfo is None, "run_at", "has no time zone"),
    (
        lambda job: job.delay is not None and not timedelta(0) <= job.delay <= DELAY_MAX,
        "delay",
        f"is outside 0 to {DELAY_MAX.days} days",
    ),
    (lambda job: job.if_exists != "return" and job.unique_key is None, "if_exists", "needs a unique_key"),
    (lambda job: _is_out_of_range(job.run_at), "run_at", f"is outside {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}"),
    (lambda job: not -32_768 <= job.priority <= 32_767, "priority", "is outside -32,768 to 32,767"),
)


def _script(jobs: Sequence[Submission], now: datetime | None) -> Script:
    """Yield the statements to run, take their rows, and return the answers; knows nothing of connections."""
    for job in jobs:
        check(job)
    jobs = yield from _space(jobs, now)
    keys = {job.held.key: job.held.capacity for job in jobs if job.held}
    if keys:
        rooms = [{"key": key, "capacity": capacity} for key, capacity in keys.items()]
        yield "lock_limit_keys", {"batch": orjson.dumps(rooms).decode()}
    answers: dict[UUID, Submitted] = {}
    for _ in range(TRIES):
        missing = [job for job in jobs if job.id not in answers]
        if not missing:
            break
        rows = yield "submit_jobs", {"batch": _batch(_once(missing)), "now": now}
        answers |= {id_: Submitted(id_, State(state), created=True) for id_, state in rows}
        held = [job for job in missing if job.id not in answers]
        if held:
            rows = yield "find_submitted", {"batch": _keys(held)}
            # its own id found: it was inserted by a try whose answer was lost
            found = {held[n - 1].id: Submitted(id_, State(state), id_ == held[n - 1].id) for n, id_, state in rows}
            answers |= yield from _settle([job for job in held if job.id in found], found, now)
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
    batch = [row | {"holder": holder} for holder, row in zip(replacing, _rows(list(replacing.values())), strict=True)]
    rows = yield "replace_jobs", {"batch": orjson.dumps(batch).decode(), "now": now}
    replaced = {id_ for (id_,) in rows}
    return {id_: replace(answer, replaced=answer.id in replaced) for id_, answer in found.items()}


def _space(jobs: Sequence[Submission], now: datetime | None) -> Generator[Statement, list[Row], Sequence[Submission]]:
    """Give jobs under a rate limit their start times, in their order."""
    spaced = [job.spaced for job in jobs if job.spaced]
    if not spaced:
        return jobs
    asked = Counter(spaced)
    batch = [{"key": one.key, "seconds": one.spacing.total_seconds(), "jobs": count} for one, count in asked.items()]
    rows = yield "space_starts", {"batch": orjson.dumps(batch).decode(), "now": now}
    ends = dict(tuple(row) for row in rows)
    starts = {one: ends[one.key] - one.spacing * count for one, count in asked.items()}
    timed: list[Submission] = []
    for job in jobs:
        if job.spaced is None:
            timed.append(job)
            continue
        start = starts[job.spaced]
        starts[job.spaced] = start + job.spaced.spacing
        timed.append(structs.replace(job, run_at=max(start, job.run_at) if job.run_at else start))
    return timed


def _answer(job: Submission, answers: dict[UUID, Submitted]) -> Submitted:
    if job.id not in answers:
        raise Conflict(f"The unique key {job.unique_key!r} changes hands too fast; submit again")
    return answers[job.id]


def _answers(value: object) -> list[Submitted]:
    assert isinstance(value, list)
    return value


def _batch(jobs: Sequence[Submission]) -> str:
    return orjson.dumps(_rows(jobs)).decode()


def _rows(jobs: Sequence[Submission]) -> list[dict[str, object]]:
    return [
        {
            "id": job.id,
            "task": job.task,
            "queue": job.queue,
            "priority": job.priority,
            "attempts": job.attempts,
            "input_size": len(job.input),
            "run_at": job.run_at,
            "delay": job.delay.total_seconds() if job.delay else None,
            "planned_at": job.planned_at,
            "owner": job.owner,
            "unique_key": job.unique_key,
            "limit_key": job.held.key if job.held else None,
            "call_id": job.call_id,
            "tags": job.tags,
            "input": orjson.Fragment(job.input),
        }
        for job in jobs
    ]


def _keys(jobs: Sequence[Submission]) -> str:
    return orjson.dumps([{"id": job.id, "task": job.task, "unique_key": job.unique_key} for job in jobs]).decode()
