"""What an installation can ask: its providers, aliases and default, and what the models they name cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from headrace.ai.aliases import CHAIN_MAX, NAME
from headrace.ai.configured import Stored, delete_alias, delete_key, set_alias, set_key
from headrace.ai.configured import list_aliases as read_aliases
from headrace.ai.errors import UnknownModel
from headrace.ai.models import Models
from headrace.ai.price import UnitPrice, unit_price_of
from headrace.ai.providers import KEYED, NEEDS, address_of, key_set
from headrace.db.connect import Connection
from headrace.errors import Conflict, InvalidInput, NotFound
from headrace.keyring import Keyring
from headrace.settings import Settings

KEY_CHARS_MIN = 8


@dataclass(frozen=True, slots=True)
class KeyShown:
    """What is told of a provider's key: never more than its last four characters."""

    source: Literal["api", "settings"]
    last4: str
    set_at: datetime | None
    key_id: str | None


@dataclass(frozen=True, slots=True)
class ProviderShown:
    """A provider, and what it lacks before it can be asked."""

    name: str
    title: str
    lacks: str | None
    key: KeyShown | None


@dataclass(frozen=True, slots=True)
class AliasShown:
    """An alias: what it stands for, and the models that come of it, or why none do."""

    name: str
    source: Literal["api", "settings"]
    stands_for: tuple[str, ...]
    models: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True, slots=True)
class ModelShown:
    """A model that the default, an alias or a call names; `price` is `None` where the price list doesn't know it."""

    name: str
    lacks: str | None
    price: UnitPrice | None


def list_providers(settings: Settings, models: Models, stored: Stored) -> list[ProviderShown]:
    """Return every provider there is."""
    return [
        ProviderShown(name, needs.title, models.missing(name, stored), _shown_key(settings, stored, name))
        for name, needs in NEEDS.items()
    ]


def list_aliases(models: Models, stored: Stored) -> list[AliasShown]:
    """Return the aliases by name."""
    aliases = models.aliases_of(stored)
    return [_shown_alias(models, stored, name, stands_for) for name, stands_for in sorted(aliases.items())]


def find_alias(models: Models, stored: Stored, name: str) -> AliasShown:
    """Return one alias; raises `NotFound`."""
    for alias in list_aliases(models, stored):
        if alias.name == name:
            return alias
    raise NotFound(f"There is no alias {name!r}")


async def list_models(
    settings: Settings, models: Models, stored: Stored, asked: Sequence[str] = ()
) -> list[ModelShown]:
    """Return the models that the default and the aliases name, then those that were `asked`, with their prices."""
    default, _ = _expanded(models, stored, models.default_of(stored))
    named = [*default, *(name for alias in list_aliases(models, stored) for name in alias.models)]
    names = dict.fromkeys([*named, *(name for name in asked if name.partition(":")[0] in models.known)])
    return await asyncio.to_thread(_priced, settings, models, stored, list(names))


async def change_alias(conn: Connection, models: Models, name: str, stands_for: Sequence[str]) -> None:
    """Make or change an alias; raises `InvalidInput` for a name that can't be, or models that nobody has."""
    if not NAME.fullmatch(name):
        raise InvalidInput(
            "An alias is lower case letters, digits, - and _, at most 40, and begins with a letter", pointer="/name"
        )
    if not 1 <= len(stands_for) <= CHAIN_MAX:
        raise InvalidInput(f"An alias stands for 1 to {CHAIN_MAX} models", pointer="/models")
    chain = tuple(stands_for)
    after = Stored({**await read_aliases(conn), name: chain})
    _, problem = _expanded(models, after, name)
    if problem:
        raise InvalidInput(problem, pointer="/models")
    await set_alias(conn, name, chain)


async def drop_alias(conn: Connection, models: Models, name: str) -> None:
    """Delete an alias that the API made; raises `NotFound`, or `Conflict` while something needs it."""
    stored = Stored(await read_aliases(conn))
    if name not in stored.aliases and name in models.aliases_of(stored):
        raise Conflict(
            f"The alias {name!r} comes from HEADRACE_AI_ALIASES; take it out there, or PUT another in its place"
        )
    left = Stored({key: chain for key, chain in stored.aliases.items() if key != name})
    users = [key for key, chain in models.aliases_of(left).items() if name in chain]
    if users and name not in models.aliases_of(left):
        raise Conflict(f"The alias {name!r} is part of {', '.join(users)}; change that first")
    if not await delete_alias(conn, name):
        raise NotFound(f"There is no alias {name!r}")


async def change_key(conn: Connection, keyring: Keyring, provider: str, key: str) -> None:
    """Store a provider's key, sealed; raises `NotFound` for a provider that takes none."""
    _check_provider(provider)
    if not (KEY_CHARS_MIN <= len(key) <= 1_000 and key.isascii() and key.isprintable() and " " not in key):
        raise InvalidInput("A key is 8 to 1,000 printable characters without spaces; copy it whole", pointer="/key")
    await set_key(conn, keyring, provider, key)


async def drop_key(conn: Connection, provider: str) -> None:
    """Delete a provider's stored key; raises `NotFound` if there is none."""
    _check_provider(provider)
    if not await delete_key(conn, provider):
        raise NotFound(f"No key is stored for {provider}; one in the settings is taken out there")


def _check_provider(name: str) -> None:
    if name not in KEYED:
        raise NotFound(f"There is no provider {name!r} that takes a key; there are {', '.join(KEYED)}")


def _shown_alias(models: Models, stored: Stored, name: str, stands_for: tuple[str, ...]) -> AliasShown:
    found, problem = _expanded(models, stored, name)
    return AliasShown(name, "api" if name in stored.aliases else "settings", stands_for, found, problem)


def _expanded(models: Models, stored: Stored, name: str) -> tuple[tuple[str, ...], str | None]:
    try:
        return tuple(models.expand(name, stored)), None
    except UnknownModel as error:  # a provider that is gone, or two changes that made a circle
        return (), str(error)


def _shown_key(settings: Settings, stored: Stored, provider: str) -> KeyShown | None:
    kept = stored.keys.get(provider)
    if kept is not None:
        return KeyShown("api", kept.last4, kept.set_at, kept.sealed.partition(".")[0])
    key = key_set(settings, provider)
    return None if key is None else KeyShown("settings", key[-4:], None, None)


def _priced(settings: Settings, models: Models, stored: Stored, names: Sequence[str]) -> list[ModelShown]:
    shown = []
    for name in names:
        provider, _, model = name.partition(":")
        price = models.own_prices.get(name) or unit_price_of(address_of(settings, provider), model)
        shown.append(ModelShown(name, models.missing(provider, stored), price))
    return shown
