"""Waits and children in a told job: what it was parked on, and what came of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from headrace.demo.rows import Row
from headrace.demo.tale import Tale, hash_of
from headrace.jobs.job import Failure
from headrace.jobs.limits import LimitKey
from headrace.jobs.states import State
from headrace.jobs.task import Task
from headrace.json import dumps

Tell: TypeAlias = Callable[[Tale, int], None]
"""Tells what became of a child; gets its place among the inputs."""


def wait_for(tale: Tale, name: str, schema: Row, *, patience: timedelta) -> None:
    """Park the job until somebody answers, with an answer of that JSON schema."""
    seq, place = tale.next_place()
    wait = _wait(tale, tale.week.id_at(tale.now), name, "answer") | {
        "seq": seq,
        "place": place,
        "schema": dumps(schema),
        "due_at": tale.now + patience,
    }
    _park(tale, wait, {"name": name, "kind": "answer", "state": "open"})


def answered(tale: Tale, answer: object, *, after: timedelta, by: str) -> None:
    """Answer the newest wait, and go on."""
    wait = tale.rows("waits")[-1]
    tale.now += after
    _settle(tale, wait, "answered", answer)
    wait["answered_by"] = by
    tale.event("wait", {"name": wait["name"], "kind": wait["kind"], "state": "answered", "by": by})
    tale.start()


def call(tale: Tale, name: str, task: Task[Any, Any], inputs: Sequence[object], *, tell: Tell) -> bool:
    """Call children and go on when they have ended; false if the job is left waiting, or a child failed.

    After a failure the job runs once more, to fail with `child_failed`.
    """
    _open_call(tale, name, task, inputs, tell=tell, limit=None)
    return _resumed(tale, fails_fast=True)


def call_many(
    tale: Tale, name: str, task: Task[Any, Any], inputs: Sequence[object], *, tell: Tell, concurrency: int
) -> bool:
    """Call children, so many at a time, whose failures are collected; false if the job is left waiting."""
    _open_call(tale, name, task, inputs, tell=tell, limit=concurrency)
    return _resumed(tale, fails_fast=False)


def _open_call(
    tale: Tale, name: str, task: Task[Any, Any], inputs: Sequence[object], *, tell: Tell, limit: int | None
) -> None:
    call_id, job = tale.week.id_at(tale.now), tale.submission
    key = LimitKey(f"call:{call_id}", limit) if limit else None
    tale.is_parent = True
    _park(
        tale,
        _wait(tale, call_id, name, "children") | {"seq": tale.next_place()[0]},
        {"name": name, "kind": "children", "state": "open", "children": len(inputs)},
    )
    first = len(tale.children)
    for place, value in enumerate(inputs):
        child = tale.week.child(tale, task, value, call_id=call_id, limit_key=key)
        tell(child, place)
        tale.children.append(child)
        tale.rows("job_children").append({"call_id": call_id, "place": place, "child_id": child.id})
    children = tale.children[first:]
    _keep_call(tale, call_id, children, key)
    assert all(child.submission.owner == job.owner for child in children)


def _keep_call(tale: Tale, call_id: UUID, children: Sequence[Tale], key: LimitKey | None) -> None:
    ended = [child for child in children if child.finished_at]
    row = {"id": call_id, "parent_id": tale.id, "depth": tale.depth + 1, "fail_fast": key is None}
    counts = {"children": len(children), "children_left": len(children) - len(ended)}
    failures = sum(child.state is not State.COMPLETED for child in ended)
    tale.rows("job_calls").append(row | counts | {"failures": failures, "limit_key": key.key if key else None})
    if key:
        used = sum(child.state in {State.QUEUED, State.RUNNING} for child in children)
        tale.rows("limit_keys").append({"key": key.key, "capacity": key.capacity, "used": used})


def _resumed(tale: Tale, *, fails_fast: bool) -> bool:
    wait, row = tale.rows("waits")[-1], tale.rows("job_calls")[-1]
    children = [child for child in tale.children if child.submission.call_id == row["id"]]
    if row["children_left"]:
        tale.now = max(child.now for child in children)
        return False
    ends = [child.finished_at for child in children if child.finished_at]
    tale.now = max([tale.now, *ends]) + timedelta(milliseconds=20)
    failed = [(place, child) for place, child in enumerate(children) if child.state is not State.COMPLETED]
    if failed and fails_fast:
        place, child = failed[0]
        first = {"call_id": row["id"], "place": place, "job_id": child.id, "state": child.state, "error": child.error}
        _settle(tale, wait, "failed", first)
        tale.event("wait", {"name": wait["name"], "kind": "children", "state": "failed"})
        tale.start()
        return False
    _settle(tale, wait, "answered", {"call": row["id"], "children": row["children"], "failures": row["failures"]})
    tale.event("wait", {"name": wait["name"], "kind": "children", "state": "answered"})
    tale.start()
    return True


def child_failure(tale: Tale) -> Failure:
    """Return the error of a job one of whose children failed."""
    place, child = next((place, one) for place, one in enumerate(tale.children) if one.state is State.FAILED)
    why = child.error["message"] if child.error else "no error was recorded"
    return Failure(
        code="child_failed",
        message=f"Child {place} ({child.submission.task}, job {child.id}) failed: {why}",
        type="headrace.jobs.child_errors.ChildFailed",
    )


def _wait(tale: Tale, id: UUID, name: str, kind: str) -> Row:  # noqa: A002 - the column's word
    none = dict.fromkeys(("place", "schema", "due_at", "settled_at", "answer", "answered_by"))
    own = {"id": id, "job_id": tale.id, "name": name, "kind": kind, "state": "open", "opened_at": tale.now}
    return none | own | {"args_hash": hash_of(tale.id, name)}


def _park(tale: Tale, wait: Row, said: Row) -> None:
    tale.rows("waits").append(wait)
    tale.event("wait", said)
    tale.pass_time(0.02)
    tale.end_run("parked", None)
    tale.state = State.WAITING


def _settle(tale: Tale, wait: Row, state: str, answer: object) -> None:
    wait |= {"state": state, "settled_at": tale.now, "answer": dumps(answer)}
    tale.state, tale.ready_at = State.QUEUED, tale.now
    if state == "answered":
        seq, place, began = wait["seq"], wait["place"], wait["opened_at"]
        tale.keep_step(str(wait["name"]), answer, began, kind="step", place=(seq, place))  # type: ignore[arg-type]
