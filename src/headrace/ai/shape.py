"""The shape of a structured answer: a Python type on one side, a JSON schema and JSON text on the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

from headrace import json
from headrace.ai.errors import MalformedAnswer, Partial
from headrace.ai.provider import Schema
from headrace.errors import InvalidInput, NotStorable
from headrace.json import Json

T = TypeVar("T")

_WRAP = "value"
_SHAPES_MAX = 500
_shapes: dict[object, Shape[object]] = {}


class Shape(Generic[T]):
    """A type that answers are read as: any that pydantic's `TypeAdapter` takes and JSON can write.

    Models answer with objects only; other types travel as `{"value": …}`.
    """

    def __init__(self, kind: type[T]) -> None:
        """Derive the JSON schema; `InvalidInput` if the type has none."""
        title = getattr(kind, "__name__", str(kind))
        try:
            self._adapter: TypeAdapter[T] = TypeAdapter(kind)
            definition = self._adapter.json_schema()
        except (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema) as error:
            raise InvalidInput(f"{title} can't be asked of a model: it has no JSON schema ({error})") from None
        self._is_wrapped = definition.get("type") != "object"
        if self._is_wrapped:
            definition = _wrapped(definition)
        self.schema = Schema(_name(title), definition, _description(definition))

    def read(self, text: str, who: str = "the model") -> Json:
        """Return the answer as JSON that `value` reads back and a step can store; `MalformedAnswer` keeps the text."""
        try:
            parsed = json.parse(text.encode())
        except (InvalidInput, UnicodeEncodeError) as error:
            reason = str(error).removeprefix("The body ")
            raise MalformedAnswer(f"The answer of {who} can't be read: {reason}", partial=Partial(text)) from None
        try:
            return self._canonical(parsed)
        except ValidationError as error:
            raise MalformedAnswer(
                f"The answer of {who} does not fit {self.schema.name}: {_complaints(error)}", partial=Partial(text)
            ) from None

    def value(self, stored: Json) -> T:
        """Return the Python value of what `read` returned."""
        return self._adapter.validate_json(json.encode(stored))

    def _canonical(self, parsed: Json) -> Json:
        # What is stored must read back as the same value, default factories too: a replay returns what the run did.
        if self._is_wrapped and isinstance(parsed, dict) and parsed.keys() == {_WRAP}:
            parsed = parsed[_WRAP]
        value = self.value(parsed)
        try:
            text = self._adapter.dump_json(value, by_alias=True, round_trip=True)
            stored = json.parse(json.storable(text))
            self.value(stored)
        except (NotStorable, ValidationError, ValueError):
            return parsed
        return stored


def shape_of(kind: type[T]) -> Shape[T]:
    """Return the shape of a type, built once: deriving a schema costs more than a small step."""
    try:
        known = _shapes.get(kind)
    except TypeError:  # an annotation with unhashable metadata
        return Shape(kind)
    if known is None:
        if len(_shapes) >= _SHAPES_MAX:  # types that are made anew in every run would pile up
            _shapes.clear()
        known = _shapes[kind] = Shape(kind)
    return cast("Shape[T]", known)


def _wrapped(definition: Mapping[str, Json]) -> dict[str, Json]:
    inner = {key: value for key, value in definition.items() if key != "$defs"}
    outer: dict[str, Json] = {
        "type": "object",
        "properties": {_WRAP: inner},
        "required": [_WRAP],
        "additionalProperties": False,
    }
    if "$defs" in definition:
        outer["$defs"] = definition["$defs"]
    return outer


def _name(title: str) -> str:
    # OpenAI's rule for the name of a response format: ^[a-zA-Z0-9_-]{1,64}$
    return re.sub(r"[^A-Za-z0-9_-]+", "_", title).strip("_")[:64] or "Answer"


def _description(definition: Mapping[str, Json]) -> str | None:
    text = definition.get("description")
    return text if isinstance(text, str) else None


def _complaints(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    shown = [f"{'.'.join(map(str, item['loc'])) or 'the value'}: {item['msg']}" for item in found[:3]]
    rest = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
    return "; ".join(shown) + rest
