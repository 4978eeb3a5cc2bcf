"""Calling a step's function: what its arguments hash to, what it returns, and on which thread it runs."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic_core import to_jsonable_python

from headrace.jobs.run import Run, StepCall


async def run_step(run: Run, call: StepCall, function: Callable[..., object], args: tuple[object, ...]) -> Any:  # noqa: ANN401 - the step's own type
    """Answer from storage, or call the function and store its result."""
    await run.halt.boundary()
    if call.stored is not None:
        return call.decode(call.stored.result)
    with run.in_step(call.name):
        return await run.store(call, await invoke(function, args))


async def run_transaction(run: Run, call: StepCall, function: Callable[..., object], args: tuple[object, ...]) -> Any:  # noqa: ANN401 - the step's own type
    """Answer from storage, or call the function with a session and store its result in the same transaction."""
    await run.halt.boundary()
    if call.stored is not None:
        return call.decode(call.stored.result)
    with run.in_step(call.name):
        await run.settle()
        async with run.database.session() as session:
            return await run.store_in(session, call, await invoke(function, (session, *args)))


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
        return get_type_hints(function, include_extras=True).get("return", Any)
    except (TypeError, NameError):  # partials and other callables; names that only a type checker knows
        return Any


def hash_arguments(*values: object) -> str:
    """Return a hash that is equal for equal arguments in every process (sets are sorted, unknown objects go by type)."""
    text = json.dumps(_canonical(values), sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _canonical(value: object) -> object:
    match value:
        case set() | frozenset():
            return sorted((_canonical(item) for item in value), key=str)
        case Mapping():
            return {str(name): _canonical(item) for name, item in value.items()}
        case list() | tuple():
            return [_canonical(item) for item in value]
        case str() | int() | float() | bool() | None:
            return value
        case _:
            return to_jsonable_python(value, fallback=lambda unknown: f"<{type(unknown).__qualname__}>")
