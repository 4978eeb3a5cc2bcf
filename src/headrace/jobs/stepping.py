"""Taking a step: from storage or by its function, on which thread, and what its arguments hash to."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints
from weakref import WeakKeyDictionary

import psycopg
from pydantic_core import to_jsonable_python

from headrace.db.connect import BROKEN
from headrace.errors import Unavailable
from headrace.jobs.journal import StoredStep, fetch_steps
from headrace.jobs.run import Run
from headrace.jobs.step import StepCall

BEGINNINGS = 3
# connection lost, transaction rolled back (serialization, deadlock), server stopping
UNDONE = ("08", "40", "57P")

_written = json.JSONEncoder(sort_keys=True, default=str).encode

# What a function returns costs more to find out than all else that is done for a step: annotations as text are compiled.
_return_types: WeakKeyDictionary[Callable[..., object], object] = WeakKeyDictionary()


async def run_step(run: Run, call: StepCall, function: Callable[..., object], args: tuple[object, ...]) -> Any:  # noqa: ANN401 - the step's own type
    """Answer from storage, or call the function and store its result."""
    await run.halt.boundary()
    if call.stored is not None:
        return call.decode(call.stored.result)
    with run.in_step(call.name):
        return await run.store(call, await invoke(function, args))


async def run_transaction(run: Run, call: StepCall, function: Callable[..., object], args: tuple[object, ...]) -> Any:  # noqa: ANN401 - the step's own type
    """Answer from storage, or call the function with a session and store its result in the same transaction.

    If the server undid it (connection lost, deadlock), it is begun again; also when only the answer of COMMIT was lost, the
    rows are written once.
    """
    await run.halt.boundary()
    if call.stored is not None:
        return call.decode(call.stored.result)
    with run.in_step(call.name):
        await run.settle()
        for beginning in range(1, BEGINNINGS + 1):
            try:
                async with run.database.turn(), run.database.session() as session:
                    return await run.store_in(session, call, await invoke(function, (session, *args)))
            except Exception as error:
                if beginning == BEGINNINGS or not _is_undone_by_the_server(error):
                    raise
            stored = await _look_for(run, call)
            if stored is not None:
                return call.decode(stored.result)
    raise AssertionError("unreachable")


def _is_undone_by_the_server(error: Exception) -> bool:
    """Whether a transaction failed for no fault of its own: connection lost, server restarted, deadlock."""
    cause = getattr(error, "orig", error)  # SQLAlchemy wraps the driver's errors
    if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        return cause.sqlstate is None or cause.sqlstate.startswith(UNDONE)
    return isinstance(cause, Unavailable)


async def _look_for(run: Run, call: StepCall) -> StoredStep | None:
    """Return the step if it is stored after all: only the answer of its COMMIT was lost. Waits for the database."""
    while True:
        run.halt.check()
        try:
            async with run.database.connection() as conn:
                return (await fetch_steps(conn, run.id))[0].get(call.name)
        except BROKEN:
            await asyncio.sleep(0.5)


async def invoke(function: Callable[..., object], args: tuple[object, ...]) -> object:
    """Await an async function, run a plain one in a thread so that it can't block the worker's loop."""
    if inspect.iscoroutinefunction(function):
        return await function(*args)
    value = await asyncio.to_thread(function, *args)
    return await value if inspect.isawaitable(value) else value


def return_type(function: Callable[..., object]) -> object:
    """Return what a function says it returns; `Any` where it doesn't say."""
    if isinstance(function, type):
        return function
    try:
        known = _return_types.get(function)
        if known is None:
            known = _return_types[function] = _find_return_type(function)
    except TypeError:  # can't be hashed or referred to weakly
        return _find_return_type(function)
    return known


def _find_return_type(function: Callable[..., object]) -> object:
    try:
        return get_type_hints(function, include_extras=True).get("return", Any)
    except (TypeError, NameError):  # partials and other callables; names that only a type checker knows
        return Any


def hash_arguments(*values: object) -> str:
    """Return a hash that is equal for equal arguments in every process (sets are sorted, unknown objects go by type)."""
    text = "[[]]" if values == ((),) else _written(_canonical(values))  # most steps have no arguments
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _canonical(value: object) -> object:
    match value:
        case str() | int() | float() | bool() | None:
            return value
        case list() | tuple():
            return [_canonical(item) for item in value]
        case set() | frozenset():
            return sorted((_canonical(item) for item in value), key=str)
        case Mapping():
            return {str(name): _canonical(item) for name, item in value.items()}
        case _:
            return to_jsonable_python(value, fallback=lambda unknown: f"<{type(unknown).__qualname__}>")
