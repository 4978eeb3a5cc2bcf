"""Sensitive input: encrypted where it is stored, plain in the task's hands, and masked wherever it is shown.

A stored input has `{"$sealed": "…"}` in the place of such a value (AES-256-GCM by the installation's secret key, bound to
the task). Who submits gives the plain value, and who reads a job over the API gets `MASK`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema, to_json

from headrace.errors import SettingsError
from headrace.json import Json, loads
from headrace.keyring import Keyring
from headrace.settings import load

T = TypeVar("T")

MARK = "$sealed"
MASK = "********"
_PURPOSE = "sensitive input"
_SEAL = "headrace.seal"


class Seal:
    """Seals and opens what is sensitive in a task's input, by the keys of the process's runtime, else of its settings."""

    def __init__(self, task: str) -> None:
        """Bind what is sealed to a task: moved to another's job it can't be opened."""
        self._task = task
        self._keys: Callable[[], Keyring] = _of_settings

    def use(self, keys: Callable[[], Keyring]) -> None:
        """Take the keys from a runtime."""
        self._keys = keys

    @property
    def context(self) -> dict[str, Any]:
        """What pydantic is given with a value, so that its sensitive parts are sealed and opened."""
        return {_SEAL: self}

    def close(self, value: object) -> dict[str, str]:
        """Return what is stored in a value's place."""
        return {MARK: self._keys().seal(_PURPOSE, to_json(value), bound_to=self._task)}

    def open(self, sealed: str) -> object:
        """Return the value; raises `Unreadable` if its key is gone or it belongs to another task."""
        return loads(self._keys().unseal(_PURPOSE, sealed, bound_to=self._task))


@dataclass(frozen=True, slots=True)
class Sealed:
    """Has pydantic seal the annotated type when it is stored, and open it when it is read."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Wrap the type's own validation and writing."""
        inner = handler(source)
        writing = core_schema.wrap_serializer_function_ser_schema(_close, info_arg=True, schema=inner)
        return core_schema.with_info_wrap_validator_function(_open, inner, serialization=writing)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the type as what is given and never shown."""
        return {**handler(schema), "writeOnly": True}


if TYPE_CHECKING:
    Sensitive: TypeAlias = Annotated[T, Sealed()]
else:

    class Sensitive:
        """A field of a task's input that is encrypted at rest and never shown: `key: Sensitive[str]`."""

        def __class_getitem__(cls, kind: object) -> object:
            """Return the type itself, marked."""
            return Annotated[kind, Sealed()]


def masked(value: Json) -> Json:
    """Return a stored value with what is sealed in it hidden."""
    return cast("Json", replaced(value, lambda _: MASK))


def replaced(value: Json, by: Callable[[str], object]) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return a stored value with something else in the place of what is sealed in it."""
    match value:
        case dict():
            if is_sealed(value):
                return by(str(value[MARK]))
            return {name: replaced(item, by) for name, item in value.items()}
        case list():
            return [replaced(item, by) for item in value]
        case _:
            return value


def is_sealed(value: object) -> bool:
    """Whether this stands where a sensitive value was."""
    return isinstance(value, Mapping) and value.keys() == {MARK} and isinstance(value[MARK], str)


def has_sensitive(schema: object) -> bool:
    """Whether a core schema of pydantic, or a part of one, seals anything."""
    match schema:
        case dict():
            return any(map(has_sensitive, schema.values()))
        case list() | tuple():
            return any(map(has_sensitive, schema))
        case _:
            return schema is _close


def _open(value: Any, handler: core_schema.ValidatorFunctionWrapHandler, info: core_schema.ValidationInfo) -> object:  # noqa: ANN401 - whatever is validated
    seal = (info.context or {}).get(_SEAL)
    return handler(seal.open(value[MARK]) if seal is not None and is_sealed(value) else value)


def _close(
    value: Any,  # noqa: ANN401 - whatever is written
    handler: core_schema.SerializerFunctionWrapHandler,
    info: core_schema.SerializationInfo,
) -> object:
    plain = handler(value)
    seal = (info.context or {}).get(_SEAL)
    return plain if seal is None else seal.close(plain)


def _of_settings() -> Keyring:
    try:
        return Keyring.of(load())
    except SettingsError as error:
        raise SettingsError(f"A sensitive input needs the installation's secret key: {error}") from None
