"""Where settings come from and how they are written: lists and pairs as text, secrets in files, `.env`, unknown names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from dotenv import dotenv_values
from pydantic import BeforeValidator, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from headrace.errors import SettingsError

PREFIX = "HEADRACE_"
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?")

Fields: TypeAlias = Mapping[str, FieldInfo]


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _networks(value: object) -> object:
    parts = _split(value)
    return tuple(map(_network, parts)) if isinstance(parts, tuple | list) else parts


def _network(value: object) -> object:
    try:
        return ipaddress.ip_network(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"{str(value)[:60]!r} is no network; write it as 10.0.0.0/8, or one address alone") from None


def _origins(value: object) -> object:
    parts = _split(value)
    for part in parts if isinstance(parts, tuple | list) else ():
        if not isinstance(part, str) or not _ORIGIN.fullmatch(part.lower()):
            raise ValueError(f"{str(part)[:60]!r} is no origin; write it as https://app.example.com, without a path")
    return tuple(part.lower() for part in parts) if isinstance(parts, tuple | list) else parts


def _named(value: object) -> object:
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",") if part.strip()]
        value = {name.strip(): chain for name, _, chain in parts}
    if not isinstance(value, dict):
        return value
    return {name: _chain(chain) for name, chain in value.items()}


def _chain(value: object) -> object:
    return tuple(name.strip() for name in value.split(">")) if isinstance(value, str) else value


Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(_networks)]
Origins = Annotated[tuple[str, ...], BeforeValidator(_origins)]
Aliases = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_named)]


def dotenv() -> dict[str, str]:
    """Return what the file `.env` of the working folder says."""
    return {name: text or "" for name, text in dotenv_values(".env").items()}


def refuse_unknown(variables: Iterable[str], where: str, fields: Fields) -> None:
    """Raise `SettingsError` for a variable that looks like ours and is none."""
    known = {PREFIX + name.upper() for name in fields} | set(_file_variables(fields))
    for variable in variables:
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingsError(f"Unknown setting {variable} in {where}; known are {', '.join(sorted(known))}")


def secrets_from_files(variables: Mapping[str, str], where: str, fields: Fields) -> dict[str, Any]:
    """Return the secrets whose `_FILE` variables name a file; `SettingsError` if it can't be read."""
    found: dict[str, Any] = {}
    for variable, name in _file_variables(fields).items():
        path = variables.get(variable)
        if not path:
            continue
        if variables.get(PREFIX + name.upper()):
            raise SettingsError(f"{PREFIX}{name.upper()} and {variable} are both set in {where}; keep one")
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{variable} names a file that can't be read: {error.strerror}: {path}") from None
    return found


def as_text(value: object) -> str:
    """Return a setting's value as the environment holds it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(map(str, value))
        case dict():
            return ",".join(f"{name}={'>'.join(chain)}" for name, chain in value.items())
        case _:
            return str(value)


def explain(error: ValidationError) -> str:
    """Return one line that names every setting that is wrong."""
    lines = [
        f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_input=False)
    ]
    return "Wrong settings. " + "; ".join(lines)


def _file_variables(fields: Fields) -> dict[str, str]:
    secrets = (name for name, field in fields.items() if "SecretStr" in str(field.annotation))
    return {f"{PREFIX}{name.upper()}_FILE": name for name in secrets}
