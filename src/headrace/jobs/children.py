"""The run's side of calling: the children are submitted once, the run parks, and their results are what it goes on with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast
from uuid import UUID

from msgspec import structs

from headrace.db.connect import BROKEN, Database
from headrace.errors import InvalidInput, NeedsDatabase, StepChanged, WaitInStep
from headrace.ids import new_id
from headrace.jobs.called import Call, Child, open_call, read_children
from headrace.jobs.child_errors import ChildFailed, ChildrenGone, TooManyChildren
from headrace.jobs.job import Submission
from headrace.jobs.journal import Entry, Event, EventType
from headrace.jobs.limits import LimitKey
from headrace.jobs.parking import park
from headrace.jobs.run import Run
from headrace.jobs.sensitive import MARK, masked
from headrace.jobs.states import State
from headrace.jobs.step import StepCall
from headrace.jobs.stepping import hash_arguments
from headrace.jobs.task import Task
from headrace.jobs.wait import Kind, OpenedWait, StoredWait, WaitState
from headrace.json import dumps, loads

CHILDREN_MAX = 10_000
TRIES = 5

OnFailure: TypeAlias = Literal["fail_fast", "collect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How children are called: under which name and key, how many at once, and what the first failure means."""

    name: str | None = None
    key: str | None = None
    concurrency: int | None = None
    on_failure: OnFailure = "fail_fast"


async def call_children(run: Run, task: Task[Any, Any], inputs: Iterable[object], manner: Manner) -> list[Any]:
    """Park until the children are done, and return their results in the order of the inputs.

    With `collect` the place of a child that failed has a `ChildFailed`; otherwise the first failure is raised as one.
    """
    children = _submissions(task, inputs, manner)
    step = _name(run, task, children, manner)
    if not children:
        return []
    if step.stored is not None:
        run.halt.check()
        return await _results(run, task, UUID(loads(step.stored.result)["call"]))
    wait = run.waits.get(step.name) or await _open(run, step, children, manner)
    if wait.args_hash != step.args_hash:
        raise StepChanged(
            f"The call {step.name!r} was made with another task or other inputs than the code now passes. Give the changed "
            "call a new name, or submit the job anew."
        )
    if wait.state is WaitState.FAILED:
        raise await _failure(run, task, wait)
    await park(run, wait)
    raise AssertionError("a call never expires")


def _submissions(task: Task[Any, Any], inputs: Iterable[object], manner: Manner) -> list[Submission]:
    children = []
    for place, value in enumerate(inputs):
        if place == CHILDREN_MAX:
            raise TooManyChildren(f"A call has at most {CHILDREN_MAX:,} children; call them in several")
        try:
            children.append(task.submission(value))
        except InvalidInput as error:
            raise InvalidInput(f"Child {place}: {error}", pointer=error.pointer) from None
    if manner.concurrency is not None and manner.concurrency < 1:
        raise ValueError("The concurrency of a call is at least 1")
    if manner.concurrency is not None and task.concurrency is not None:
        raise ValueError(
            f"{task.name} has a concurrency of its own, and a job counts under one limit: leave out concurrency= here"
        )
    return children


def _name(run: Run, task: Task[Any, Any], children: Sequence[Submission], manner: Manner) -> StepCall:
    name = manner.name or task.name.rpartition(".")[2]
    if run.step_name is not None:
        raise WaitInStep(
            f"Children are called between steps, not in one: move the call {name!r} out of {run.step_name!r}"
        )
    asked = hash_arguments("call", task.name, [_telling(child.input) for child in children])
    return run.call(name, manner.key, Any, asked)


def _telling(text: bytes) -> str:
    """Return what tells inputs apart: a sealed value never looks the same twice, so none of them counts."""
    return dumps(masked(loads(text))) if MARK.encode() in text else text.decode()


async def _open(run: Run, step: StepCall, children: Sequence[Submission], manner: Manner) -> StoredWait:
    await run.halt.boundary()
    with run.in_step(step.name):
        await run.settle()
        wait = OpenedWait(
            id=new_id(), name=step.name, seq=run.next_number(), kind=Kind.CHILDREN, args_hash=step.args_hash
        )
        data = {"name": wait.name, "kind": wait.kind, "state": WaitState.OPEN, "children": len(children)}
        limit_key = LimitKey(f"call:{wait.id}", manner.concurrency) if manner.concurrency else None
        if limit_key:
            children = [structs.replace(child, limit_key=limit_key) for child in children]
        call = Call(
            id=wait.id,
            entry=Entry(run.lease, [Event(EventType.WAIT, time.monotonic(), data)], waits=[wait]),
            children=children,
            fail_fast=manner.on_failure == "fail_fast",
            limit_key=limit_key.key if limit_key else None,
        )
        await _insist(run, call)
    return wait.stored


async def _insist(run: Run, call: Call) -> None:
    """Open the call; tried again when the answer was lost, it opens nothing twice."""
    tries = 0
    while True:
        try:
            async with _database(run).connection() as conn:
                await open_call(conn, call)
                return
        except BROKEN:
            tries += 1
            if tries == TRIES:
                raise
            await asyncio.sleep(0.1 * 2**tries)


def _database(run: Run) -> Database:
    try:
        return run.database
    except NeedsDatabase:
        raise NeedsDatabase(
            "A task with executor='process' has no database connection and can't call children; call them from a task "
            "with the executor 'async' or 'thread'."
        ) from None


async def _results(run: Run, task: Task[Any, Any], call_id: UUID) -> list[Any]:
    async with run.database.connection() as conn:
        children = await read_children(conn, call_id)
    return [_result(task, child) for child in children]


def _result(task: Task[Any, Any], child: Child) -> Any:  # noqa: ANN401 - the task's own type, or what came instead of it
    match child.state:
        case State.COMPLETED:
            return task.output_adapter.validate_json(child.result or "null")
        case None:
            raise ChildrenGone(
                f"Job {child.id}, whose result was to be used again, is deleted; replay this job from the call's step"
            )
        case state:
            return _failed(task, {"place": child.place, "job_id": child.id, "state": state, "error": child.error})


async def _failure(run: Run, task: Task[Any, Any], wait: StoredWait) -> ChildFailed:
    async with run.database.connection() as conn:
        row = await (await conn.execute("SELECT answer FROM headrace.waits WHERE id = %s", (wait.id,))).fetchone()
    return _failed(task, cast("Mapping[str, Any]", row[0] if row else {}))


def _failed(task: Task[Any, Any], told: Mapping[str, Any]) -> ChildFailed:
    place, job_id, error = told["place"], told["job_id"], told["error"] or {}
    how = (
        f"failed: {error.get('message', 'no error was recorded')}" if told["state"] == State.FAILED else "was cancelled"
    )
    return ChildFailed(
        f"Child {place} ({task.name}, job {job_id}) {how}", place=place, job_id=UUID(str(job_id)), error=error
    )
