"""Whether a JSON value fits a JSON schema, as far as pydantic writes them: for answers whose Python type is not at hand.

Keywords by JSON Schema 2020-12. What is not known here is let pass: the type itself has the last word, in the next run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from headrace.json import Json

FAULTS_MAX = 20

_FORMATS: dict[str, TypeAdapter[Any]] = {
    "date-time": TypeAdapter(datetime),
    "date": TypeAdapter(date),
    "time": TypeAdapter(time),
    "duration": TypeAdapter(timedelta),
    "uuid": TypeAdapter(UUID),
}
_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "should be at least {}"),
    "exclusiveMinimum": (lambda value, bound: value > bound, "should be more than {}"),
    "maximum": (lambda value, bound: value <= bound, "should be at most {}"),
    "exclusiveMaximum": (lambda value, bound: value < bound, "should be less than {}"),
    "minLength": (lambda value, bound: len(value) >= bound, "should have at least {} characters"),
    "maxLength": (lambda value, bound: len(value) <= bound, "should have at most {} characters"),
    "minItems": (lambda value, bound: len(value) >= bound, "should have at least {} items"),
    "maxItems": (lambda value, bound: len(value) <= bound, "should have at most {} items"),
    "minProperties": (lambda value, bound: len(value) >= bound, "should have at least {} fields"),
    "maxProperties": (lambda value, bound: len(value) <= bound, "should have at most {} fields"),
}


class Misfit(NamedTuple):
    """Where a value does not fit, as a JSON pointer (RFC 6901), and why."""

    pointer: str
    why: str


def misfits(value: Json, schema: Mapping[str, Any]) -> list[Misfit]:
    """Return what does not fit, at most twenty things; nothing if the value fits."""
    return list(islice(_check(value, schema, schema, ""), FAULTS_MAX))


def _check(value: Json, schema: Any, whole: Mapping[str, Any], at: str) -> Iterator[Misfit]:  # noqa: ANN401 - part of a JSON schema
    if not isinstance(schema, Mapping):
        if schema is False:
            yield Misfit(at, "is not allowed")
        return
    if "$ref" in schema:
        yield from _check(value, whole.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {}), whole, at)
    for part in schema.get("allOf", ()):
        yield from _check(value, part, whole, at)
    forms = schema.get("anyOf") or schema.get("oneOf")
    if forms:
        yield from _one_of(value, forms, whole, at)
    yield from _plain(value, schema, at)
    if isinstance(value, dict):
        yield from _fields(value, schema, whole, at)
    elif isinstance(value, list):
        yield from _items(value, schema, whole, at)


def _one_of(value: Json, forms: list[Any], whole: Mapping[str, Any], at: str) -> Iterator[Misfit]:
    found = [list(_check(value, form, whole, at)) for form in forms]
    if all(found):
        # what is wrong with the form that comes nearest: its faults lie deepest
        yield from max(found, key=lambda faults: max(fault.pointer.count("/") for fault in faults))


def _plain(value: Json, schema: Mapping[str, Any], at: str) -> Iterator[Misfit]:
    kinds = schema.get("type")
    if kinds is not None and not any(_is_a(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield Misfit(at, f"should be {kinds if isinstance(kinds, str) else ' or '.join(kinds)}")
        return
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if allowed is not None and not any(type(value) is type(one) and value == one for one in allowed):
        yield Misfit(at, f"should be one of {', '.join(map(repr, allowed))[:300]}")
    for keyword, (holds, text) in _BOUNDS.items():
        if keyword in schema and _is_bounded_by(keyword, value) and not holds(value, schema[keyword]):
            yield Misfit(at, text.format(schema[keyword]))
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield Misfit(at, f"should match {schema['pattern']}")
        if not _has_format(value, schema.get("format")):
            yield Misfit(at, f"should be a {schema['format']}")


def _fields(value: dict[str, Json], schema: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[Misfit]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield Misfit(f"{at}/{_escaped(name)}", "is missing")
    for name, item in value.items():
        rule = known.get(name, schema.get("additionalProperties", True))
        yield from _check(item, rule, whole, f"{at}/{_escaped(name)}")


def _items(value: list[Json], schema: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[Misfit]:
    first = schema.get("prefixItems", ())
    for place, item in enumerate(value):
        rule = first[place] if place < len(first) else schema.get("items", True)
        yield from _check(item, rule, whole, f"{at}/{place}")


def _is_a(value: Json, kind: str) -> bool:
    match kind:
        case "integer":
            is_whole = isinstance(value, float) and value.is_integer()
            return (isinstance(value, int) and not isinstance(value, bool)) or is_whole
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case _:
            types = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
            return isinstance(value, types.get(kind, object))


def _is_bounded_by(keyword: str, value: Json) -> bool:
    kind = {"Length": str, "Items": list, "Properties": dict}.get(keyword[3:])
    return isinstance(value, kind) if kind else isinstance(value, (int, float)) and not isinstance(value, bool)


def _has_format(value: str, name: str | None) -> bool:
    adapter = _FORMATS.get(name or "")
    if adapter is None:
        return True
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _escaped(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")
