"""A value that fits a JSON schema, made of placeholder prose: numbers within bounds, formats, enums, nested objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from headrace.ai.formats import FORMATS
from headrace.ai.pattern import matching
from headrace.ai.placeholder import Prose
from headrace.json import Json

Definition: TypeAlias = Mapping[str, Json]

_LENGTH = 3
_DEPTH_MAX = 12
_TITLES = ("title", "headline")
_SUMMARIES = ("summary", "description", "abstract", "excerpt", "lead")
_HEADINGS = ("heading", "name", "label", "subject", "topic", "section")
_PASSAGES = ("body", "content", "text", "markdown", "article", "draft", "essay", "answer", "letter", "story")
_WORDS = ("tag", "keyword", "slug", "word", "category", "kind", "language", "code", "key")


def specimen(definition: Definition, prose: Prose, *, mark: str) -> Json:
    """Return a value of the schema's type; its first free text ends with `mark`."""
    return _Specimen(definition, prose, mark).value(definition, "", 0)


class _Specimen:
    def __init__(self, root: Definition, prose: Prose, mark: str) -> None:
        self._root = root
        self._prose = prose
        self._mark: str | None = mark
        self._open: list[str] = []

    def value(self, schema: Json | Definition, name: str, depth: int) -> Json:
        pointer = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(pointer, str):
            return self._filled(self._resolved(schema), name, depth)
        # A type that holds itself is filled once; within itself it is as small as its schema allows.
        within = _DEPTH_MAX if pointer in self._open else depth
        self._open.append(pointer)
        try:
            return self._filled(self._resolved(schema), name, within)
        finally:
            self._open.pop()

    def _filled(self, found: Definition, name: str, depth: int) -> Json:
        given = self._given(found)
        if given is not None:
            return given[0]
        for choice in ("anyOf", "oneOf"):
            options = found.get(choice)
            if isinstance(options, list) and options:
                return self.value(self._chosen(options, depth), name, depth + 1)
        return self._of_type(found, name, depth)

    def _of_type(self, schema: Definition, name: str, depth: int) -> Json:
        match _type(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer":
                return math.floor(self._number(schema, step=1))
            case "number":
                return self._number(schema, step=None)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return self._string(schema, name.lower())

    def _resolved(self, schema: Json | Definition) -> Definition:
        found: dict[str, Json] = dict(schema) if isinstance(schema, Mapping) else {}
        for _ in range(_DEPTH_MAX):
            pointer = found.pop("$ref", None)
            if not isinstance(pointer, str):
                break
            found = {**self._target(pointer), **found}
        parts = found.pop("allOf", None)
        for part in parts if isinstance(parts, list) else ():
            found = {**self._resolved(part), **found}
        return found

    def _target(self, pointer: str) -> Definition:
        place: Json | Definition = self._root
        for step in pointer.removeprefix("#").strip("/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            place = place.get(key) if isinstance(place, Mapping) and key else place
        return place if isinstance(place, Mapping) else {}

    def _given(self, schema: Definition) -> tuple[Json] | None:
        if "const" in schema:
            return (schema["const"],)
        options = schema.get("enum")
        if isinstance(options, list) and options:
            return (options[self._prose.number(len(options))],)
        examples = schema.get("examples")
        return (examples[0],) if isinstance(examples, list) and examples else None

    def _chosen(self, options: list[Json], depth: int) -> Json:
        is_deep = depth >= _DEPTH_MAX
        null = [option for option in options if isinstance(option, Mapping) and option.get("type") == "null"]
        others = [option for option in options if option not in null]
        flat = [option for option in others if isinstance(option, Mapping) and "$ref" not in option]
        if is_deep:
            return (null or flat or others)[0]
        return (others or null)[0]

    def _object(self, schema: Definition, depth: int) -> Json:
        properties = schema.get("properties")
        required = schema.get("required")
        named = properties if isinstance(properties, Mapping) else {}
        needed = required if isinstance(required, list) else []
        filled: dict[str, Json] = {
            key: self.value(part, key, depth + 1) for key, part in named.items() if key in needed or depth < _DEPTH_MAX
        }
        extra = schema.get("additionalProperties")
        if not named and isinstance(extra, Mapping) and depth < _DEPTH_MAX:
            for _ in range(max(_int(schema, "minProperties", 0), 1)):
                filled[f"{self._prose.word()}_{len(filled) + 1}"] = self.value(extra, "", depth + 1)
        return filled

    def _array(self, schema: Definition, name: str, depth: int) -> Json:
        fixed = schema.get("prefixItems")
        items: list[Json] = []
        if isinstance(fixed, list):
            items = [self.value(part, name, depth + 1) for part in fixed]
        least, most = _int(schema, "minItems", 0), _int(schema, "maxItems", 1_000_000)
        wanted = least if depth >= _DEPTH_MAX else min(max(_LENGTH, least), most)
        if schema.get("items") is False or ("items" not in schema and fixed):
            return items
        one = name.removesuffix("s")
        for _ in range(wanted * 8):
            if len(items) >= wanted:
                break
            item = self.value(schema.get("items", {}), one, depth + 1)
            if not (schema.get("uniqueItems") and item in items):
                items.append(item)
        return items

    def _number(self, schema: Definition, *, step: int | None) -> int | float:
        unit = _number(schema, "multipleOf") or step
        least, most = _bounds(schema, unit)
        low = least if least is not None else (most - 9 if most is not None and most < 1 else 1)
        high = most if most is not None else low + 9
        if unit is None:
            return round(low + (high - low) * (self._prose.number(9) + 1) / 10, 6)
        first = math.ceil(low / unit)
        return (first + self._prose.number(max(math.floor(high / unit) - first + 1, 1) % 1000 or 1)) * unit

    def _string(self, schema: Definition, name: str) -> str:
        least, most = _int(schema, "minLength", 0), _int(schema, "maxLength", 100_000)
        shape = schema.get("pattern")
        if isinstance(shape, str):
            return matching(shape, least, most) or self._prose.word()
        known = schema.get("format")
        if isinstance(known, str) and known in FORMATS:
            return FORMATS[known]
        text = self._words(name, most)
        while len(text) < least:
            text = f"{text} {self._prose.sentence()}"
        if self._mark and not name.endswith(_WORDS) and most >= max(least, len(self._mark) + 8):
            text, self._mark = f"{_cut(text, most - len(self._mark) - 1)} {self._mark}", None
        return text if len(text) <= most else _fitted(text, least, most)

    def _words(self, name: str, most: int) -> str:
        if name.endswith(_WORDS) or most < 20:
            return self._prose.word()
        if name.endswith(_TITLES):
            return self._prose.title()
        if name.endswith(_HEADINGS) or most < 100:
            return self._prose.heading()
        if name.endswith(_PASSAGES) and most >= 600:
            return self._prose.paragraphs(2)
        return (
            f"{self._prose.opening()}{self._prose.sentence()}" if name.endswith(_SUMMARIES) else self._prose.sentence()
        )


def _type(schema: Definition) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"


def _bounds(schema: Definition, unit: float | None) -> tuple[float | None, float | None]:
    least, most = _number(schema, "minimum"), _number(schema, "maximum")
    above, below = _number(schema, "exclusiveMinimum"), _number(schema, "exclusiveMaximum")
    between = (below - above) / 10 if above is not None and below is not None else 0.01
    gap = unit if unit is not None else between
    if above is not None:
        least = max(above + gap, least) if least is not None else above + gap
    if below is not None:
        most = min(below - gap, most) if most is not None else below - gap
    return least, most


def _number(schema: Definition, key: str) -> int | float | None:
    found = schema.get(key)
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _int(schema: Definition, key: str, default: int) -> int:
    found = _number(schema, key)
    return default if found is None else int(found)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",;:") or text[:most]


def _fitted(text: str, least: int, most: int) -> str:
    cut = _cut(text, most)
    return cut if len(cut) >= least else text[:most]
