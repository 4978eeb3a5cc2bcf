"""Strict JSON in, storable JSON out: what passes here fits a `jsonb` column and every client.

In: msgspec refuses lone surrogates, NaN, Infinity, 1e400 and numbers of thousands of digits; NUL and depth over 64 are
refused here. Out: pydantic writes models, dates and the like; NaN, NUL and surrogates raise, never change silently.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeAlias, cast

import msgspec
import orjson
from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from headrace.errors import InvalidInput, NotStorable

Json: TypeAlias = JsonValue

DEPTH_MAX = 64
_NUL = b"\\u0000"


def parse(body: bytes) -> Json:
    """Return the value of a JSON text; `InvalidInput` (status 400) says what is wrong without repeating the input."""
    try:
        value: Json = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(f"The body is not valid JSON: {error}") from None
    except RecursionError:
        raise _refused(f"JSON nested deeper than {DEPTH_MAX} levels; flatten it") from None
    if body.count(b"[") + body.count(b"{") > DEPTH_MAX and _is_deeper(value, DEPTH_MAX - 1):
        raise _refused(f"JSON nested deeper than {DEPTH_MAX} levels; flatten it")
    if _NUL in body and _has_nul(value):
        raise _refused("JSON text may not contain the character NUL (\\u0000); remove it")
    return value


def parse_once(body: bytes) -> Json:
    """Return the value of a JSON text as `parse` does; refuse one that names a field twice, which others read otherwise."""
    value = parse(body)
    # Written again a repeated name is gone, and its colon with it; only escapes could hide that.
    if b"\\u" in body or body.count(b":") != msgspec.json.encode(value).count(b":"):
        json.loads(body, object_pairs_hook=_unique)
    return value


def encode(value: object) -> bytes:
    """Return JSON bytes of a plain value, a model, a dataclass, a date …; `NotStorable` if `jsonb` can't hold it."""
    try:
        return storable(to_json(value, inf_nan_mode="constants"))
    except (PydanticSerializationError, UnicodeEncodeError, ValueError) as error:
        raise NotStorable(f"{type(value).__name__} can't be written as JSON: {error}") from None


def encode_as(adapter: TypeAdapter[object], value: object, *, context: dict[str, Any] | None = None) -> bytes:
    """Return JSON bytes of `value` checked as the adapter's type; `NotStorable` when it does not fit."""
    try:
        valid = adapter.validator.validate_python(value, context=context)
        return encode_valid(adapter, valid, context=context)
    except ValidationError as error:
        raise NotStorable(f"The value does not fit its declared type: {error}") from None


def encode_valid(adapter: TypeAdapter[object], value: object, *, context: dict[str, Any] | None = None) -> bytes:
    """Return JSON bytes of a value that the adapter validated; `NotStorable` when JSON can't hold it."""
    try:
        # by way of plain values: written directly, pydantic turns NaN into null without a word
        plain = adapter.serializer.to_python(value, mode="json", context=context)
        return b"null" if plain is None else storable(to_json(plain, inf_nan_mode="constants"))
    except (PydanticSerializationError, UnicodeEncodeError, ValueError) as error:
        raise NotStorable(f"The value does not fit its declared type: {error}") from None


def adapter_of(kind: object) -> TypeAdapter[Any]:
    """Return what checks and writes values of a type; made once for a type that can be remembered."""
    try:
        return _adapter(kind, repr(kind))
    except TypeError:  # not hashable
        return TypeAdapter(cast("Any", kind))


# Kept by text too: `int | str` equals `str | int`, but prefers an int.
@lru_cache(maxsize=500)
def _adapter(kind: object, _text: str) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def storable(text: bytes) -> bytes:
    """Return `text` if `jsonb` can hold it; `NotStorable` otherwise."""
    try:
        parse(text)
    except InvalidInput as error:
        raise NotStorable(str(error)) from None
    return text


def loads(text: str | bytes) -> Any:  # noqa: ANN401 - rows of the queue's SQL, and what a `jsonb` column holds
    """Return the value of JSON that PostgreSQL wrote; integers of any size stay exact (orjson makes floats of them)."""
    return msgspec.json.decode(text)


def dumps(value: object) -> str:
    """Return JSON text of values that are known to be plain (batches for the queue's SQL)."""
    return orjson.dumps(value).decode()


def _refused(message: str) -> InvalidInput:
    error = InvalidInput(message)
    error.status, error.code = 400, "malformed_json"
    return error


def _unique(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _refused("A field is named twice in one object; keep one")


def _is_deeper(value: Json, limit: int) -> bool:
    level: list[Json] = [value]
    for _ in range(limit + 1):
        level = [
            child
            for holder in level
            if isinstance(holder, (list, dict))
            for child in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(child, (list, dict))
        ]
        if not level:
            return False
    return True


def _has_nul(value: Json) -> bool:
    match value:
        case str():
            return "\0" in value
        case list():
            return any(_has_nul(item) for item in value)
        case dict():
            return any("\0" in key or _has_nul(item) for key, item in value.items())
        case _:
            return False
