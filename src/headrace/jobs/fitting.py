"""Whether a JSON value fits a JSON schema: for answers whose Python type is not at hand.

By JSON Schema 2020-12. A schema that can't be read lets everything pass: the type itself has the last word, in the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from headrace.json import Json

if TYPE_CHECKING:
    import jsonschema_rs

FAULTS_MAX = 20


class Misfit(NamedTuple):
    """Where a value does not fit, as a JSON pointer (RFC 6901), and why."""

    pointer: str
    why: str


def misfits(value: Json, schema: Mapping[str, Any]) -> list[Misfit]:
    """Return what does not fit, at most twenty things; nothing if the value fits."""
    from jsonschema_rs import Draft202012Validator, RegexOptions
    from jsonschema_rs import ValidationError as Fault

    try:
        validator = Draft202012Validator(
            dict(schema),
            formats=_FORMATS,
            validate_formats=True,
            mask="it",
            offline=True,
            pattern_options=RegexOptions(),
        )
    except Fault:
        return []
    found = (misfit for fault in validator.iter_errors(value) for misfit in _told(fault))
    return list(islice(found, FAULTS_MAX))


def _told(fault: jsonschema_rs.ValidationError) -> Iterator[Misfit]:
    from jsonschema_rs import ValidationErrorKind as Kind

    match fault.kind:
        case Kind.AnyOf(context=forms) | Kind.OneOfNotValid(context=forms):
            # what is wrong with the form that comes nearest: its faults lie deepest
            for nearer in max(forms, key=lambda faults: max(len(one.instance_path) for one in faults)):
                yield from _told(nearer)
        case Kind.Required(property=name):
            yield Misfit(_pointer([*fault.instance_path, name]), "is missing")
        case Kind.AdditionalProperties(unexpected=names):
            for name in names:
                yield Misfit(_pointer([*fault.instance_path, name]), "is not allowed")
        case _:
            yield Misfit(_pointer(fault.instance_path), fault.message)


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{str(part)[:100].replace('~', '~0').replace('/', '~1')}" for part in path)


def _read_by(kind: Any) -> Callable[[str], bool]:  # noqa: ANN401 - any type that pydantic takes
    """Return what says whether pydantic reads a text as a type: its word counts in the run."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def is_read(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return is_read


_FORMATS = {
    "date-time": _read_by(datetime),
    "date": _read_by(date),
    "time": _read_by(time),
    "duration": _read_by(timedelta),
    "uuid": _read_by(UUID),
}
