"""A short text that matches a regular expression, for placeholders of fields with a pattern."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from typing import TypeAlias

_ALPHABET = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_ ./:@#+,'\"()[]{}<>!?*&%$=;|~^`\\"
_CATEGORIES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": string.ascii_lowercase + string.digits + string.ascii_uppercase + "_",
}
# How often a repetition repeats: the outermost, and those within it.
Times: TypeAlias = tuple[int, int]
_OUTER = (4, 1, 2, 3, 5, 6, 8, 12, 16, 24, 32, 48, 64, 128)
_INNER = (4, 1, 2, 3)


def matching(pattern: str, least: int, most: int) -> str | None:
    """Return a text of `least` to `most` characters that matches, or `None` if none was found."""
    try:
        # The standard library's own parser; it has no public name since Python 3.11.
        parsed = import_module("re._parser").parse(pattern)
    except (re.error, RecursionError):
        return None
    for times in product(_OUTER, _INNER):
        text = "".join(_texts(parsed, times))
        if least <= len(text) <= most and re.search(pattern, text):
            return text
    return None


def _texts(tokens: object, times: Times) -> Iterator[str]:
    parts: object = getattr(tokens, "data", ())
    for token in parts if isinstance(parts, list) else ():
        match token:
            case (kind, argument):
                yield _text(str(kind), argument, times)


def _text(kind: str, argument: object, times: Times) -> str:
    match kind, argument:
        case "LITERAL", int():
            return chr(argument)
        case "NOT_LITERAL", int():
            return next(char for char in _ALPHABET if char != chr(argument))
        case "ANY", _:
            return "a"
        case "IN", list():
            return _one_of(argument)
        case _:
            return _group(kind, argument, times)


def _group(kind: str, argument: object, times: Times) -> str:
    match kind, argument:
        case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (int(low), int(high), part)):
            here, within = times
            once = "".join(_texts(part, (within, within)))
            return once * max(low, min(here, high))
        case "SUBPATTERN", (_, _, _, part):
            return "".join(_texts(part, times))
        case "ATOMIC_GROUP", part:
            return "".join(_texts(part, times))
        case "BRANCH", (_, [first, *_]):
            return "".join(_texts(first, times))
        case _:  # anchors are empty, look-arounds and back references are left to the check at the end
            return ""


def _one_of(choices: list[tuple[object, object]]) -> str:
    is_negated = any(str(kind) == "NEGATE" for kind, _ in choices)
    allowed = [char for char in _ALPHABET if any(_holds(str(kind), what, char) for kind, what in choices) != is_negated]
    if allowed:
        return allowed[0]
    return next((chr(what) for kind, what in choices if str(kind) == "LITERAL" and isinstance(what, int)), "")


def _holds(kind: str, what: object, char: str) -> bool:
    match kind, what:
        case "LITERAL", int():
            return ord(char) == what
        case "RANGE", (int(low), int(high)):
            return low <= ord(char) <= high
        case "CATEGORY", _:
            name = str(what)
            if "_NOT_" in name:
                return char not in _CATEGORIES.get(name.replace("_NOT_", "_"), "")
            return char in _CATEGORIES.get(name, "")
        case _:
            return False
