"""The run's side of waiting: a wait is opened once, and the run parks on it until it is settled."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from pydantic import ValidationError

from headrace.errors import StepChanged, WaitExpired, WaitInStep
from headrace.ids import new_id
from headrace.jobs.journal import Entry, Event, EventType
from headrace.jobs.run import Run
from headrace.jobs.step import StepCall
from headrace.jobs.stepping import hash_arguments
from headrace.jobs.wait import Kind, OpenedWait, StoredWait, WaitState

T = TypeVar("T")


class Opening(TypedDict, total=False):
    """What else there is to say of a wait when it is opened: see `OpenedWait`."""

    address: UUID | None
    schema: dict[str, Any] | None
    seconds: float | None
    due_at: datetime | None


def name_wait(run: Run, name: str, kind: str, returns: object) -> StepCall:
    """Name a wait, as steps are named; raises `StepChanged` if an earlier run had something else under the name."""
    if run.step_name is not None:
        raise WaitInStep(f"A job waits between its steps, not in one: move the wait {name!r} out of {run.step_name!r}")
    return run.call(name, None, returns, hash_arguments(f"wait: {kind}"))


async def open_wait(run: Run, call: StepCall, kind: str, **opening: Unpack[Opening]) -> StoredWait:
    """Return the wait that an earlier run opened under this name, or open it; raises `LeaseLost`."""
    known = run.waits.get(call.name)
    if known is not None:
        return known
    await run.halt.boundary()
    with run.in_step(call.name):
        opened = OpenedWait(
            id=new_id(),
            name=call.name,
            seq=run.next_number(),
            kind=kind,
            args_hash=call.args_hash,
            place=call.place,
            **opening,
        )
        told = Event(EventType.WAIT, time.monotonic(), {"name": call.name, "kind": kind, "state": WaitState.OPEN})
        await run.write(Entry(run.lease, [told], waits=[opened]))
    run.waits = {**run.waits, call.name: opened.stored}
    return opened.stored


async def park_on(run: Run, wait: OpenedWait) -> None:
    """Open a wait that is no step of the task's, and end this run until it is settled."""
    await run.halt.boundary()
    told = Event(EventType.WAIT, time.monotonic(), {"name": wait.name, "kind": wait.kind, "state": WaitState.OPEN})
    await run.write(Entry(run.lease, [told], waits=[replace(wait, seq=run.next_number())]))
    await run.halt.park(wait.id)


async def park(run: Run, wait: StoredWait) -> None:
    """End this run until the wait, or another that it is parked on, is settled; return only if this one has expired."""
    if wait.state is not WaitState.EXPIRED:
        await run.halt.park(wait.id)


async def sleep(run: Run, name: str, duration: timedelta | None, until: datetime | None) -> None:
    """Park until a time."""
    if (duration is None) == (until is None):
        raise ValueError("A job sleeps for a duration, or until a time: give one of them")
    if until is not None and until.tzinfo is None:
        raise ValueError(f"The time to sleep until needs a time zone: {until}")
    call = name_wait(run, name, Kind.SLEEP, None)
    if call.stored is None:
        seconds = None if duration is None else max(0.0, duration.total_seconds())
        await park(run, await open_wait(run, call, Kind.SLEEP, seconds=seconds, due_at=until))
    run.halt.check()


async def wait_for(run: Run, name: str, kind: type, timeout: timedelta | None, *, default: object = ...) -> Any:  # noqa: ANN401 - the wait's own type
    """Park until somebody answers with a value of a type; when nobody did, return the default or raise `WaitExpired`."""
    if timeout is None and default is not ...:
        raise ValueError(f"The wait {name!r} has a default, but no timeout after which it would count")
    try:
        return await answer_to(run, name_wait(run, name, Kind.ANSWER, kind), timeout)
    except WaitExpired:
        if default is ...:
            raise
        return default


async def open_address(run: Run, name: str, kind: type[T], timeout: timedelta | None) -> tuple[StepCall, str]:
    """Open a wait before parking on it; return its call and the URL that answers it.

    The address is a step of its own, so that every later run gets the same, a retry's new job too.
    """
    call = name_wait(run, name, Kind.ANSWER, kind)
    addressing = run.call(f"{call.name} (address)", None, tuple[UUID, str], hash_arguments("address"))
    await run.halt.boundary()
    if addressing.stored is not None:
        number, sealed = addressing.decode(addressing.stored.result)
        url, _ = await run.journal.callback_url(number, sealed)
    else:
        number = new_id()
        url, sealed = await run.journal.callback_url(number, None)
        with run.in_step(addressing.name):
            await run.store(addressing, (number, sealed))
    if call.stored is None:
        await open_wait(run, call, Kind.ANSWER, **{**_asked(call, timeout), "address": number})
    return call, url


async def answer_to(run: Run, call: StepCall, timeout: timedelta | None = None) -> Any:  # noqa: ANN401 - the wait's own type
    """Return the answer, or park until there is one; raises `WaitExpired`."""
    if call.stored is None:
        await park(run, await open_wait(run, call, Kind.ANSWER, **_asked(call, timeout)))
        raise WaitExpired(f"Nobody answered {call.name!r} in time")
    run.halt.check()
    try:
        return call.decode(call.stored.result)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = "/".join(map(str, first["loc"])) or "the answer"
        raise StepChanged(
            f"The stored answer to {call.name!r} is not what the code now takes: {where}: {first['msg']}. Replay the job "
            f"from {call.name!r} to ask again."
        ) from None


def _asked(call: StepCall, timeout: timedelta | None) -> Opening:
    return Opening(seconds=None if timeout is None else timeout.total_seconds(), schema=call.adapter.json_schema())
