"""Names that an installation gives to models: `fast`, `best`, any; each stands for one model or several in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from headrace.ai.errors import UnknownModel
from headrace.ai.providers import NAMES

Asking: TypeAlias = "str | Sequence[str] | None"
"""Whom to ask: a model or alias, several in turn, or nobody in particular (the default)."""

DEFAULT = "default"
"""The alias that, once it is set, answers calls that name no model."""

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
CHAIN_MAX = 10


def expand(names: Sequence[str], aliases: Mapping[str, Sequence[str]], known: Sequence[str] = NAMES) -> list[str]:
    """Return the full names (`provider:model`) to ask in turn, each once; raises `UnknownModel`."""
    models: list[str] = []
    for name in names:
        models += [model for model in _expand(name, aliases, known, ()) if model not in models]
    if not 1 <= len(models) <= CHAIN_MAX:
        raise UnknownModel(f"One to {CHAIN_MAX} models can be asked in turn, not {len(models)}")
    return models


def _expand(name: str, aliases: Mapping[str, Sequence[str]], known: Sequence[str], above: tuple[str, ...]) -> list[str]:
    provider, colon, model = name.partition(":")
    if colon and model and provider in known:
        return [name]
    if name in above:
        raise UnknownModel(f"The alias {name!r} leads back to itself: {' → '.join((*above, name))}")
    if colon or name not in aliases:
        aka = f"; the aliases are {', '.join(sorted(aliases))}" if aliases else ""
        raise UnknownModel(
            f"{name!r} is no model; write provider:model, the providers are {', '.join(sorted(known))}{aka}"
        )
    return [found for part in aliases[name] for found in _expand(part, aliases, known, (*above, name))]
