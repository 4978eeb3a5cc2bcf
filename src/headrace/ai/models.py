"""Which providers and models a name stands for, and the providers of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from headrace.ai.aliases import DEFAULT, Asking, expand
from headrace.ai.configured import Configured, Stored
from headrace.ai.errors import UnknownModel
from headrace.ai.price import Price, UnitPrice, price_of, read_prices
from headrace.ai.provider import Provider, Request, Usage
from headrace.ai.providers import DEFAULTS, NAMES, OFFLINE_DEFAULT, build, key_set, missing
from headrace.errors import SettingsError
from headrace.keyring import Keyring
from headrace.settings import Settings

if TYPE_CHECKING:
    from headrace.ai.asking import Asked, Read
    from headrace.ai.run import Run


@dataclass(frozen=True, slots=True)
class Route:
    """Who is asked: a provider and the name it knows the model by."""

    provider: Provider
    model: str
    own_price: UnitPrice | None = None

    @property
    def name(self) -> str:
        """The model's full name, `provider:model`."""
        return f"{self.provider.name}:{self.model}"

    @property
    def is_billed(self) -> bool:
        """Whether a call may cost something."""
        return self.own_price is not None or self.provider.price_list is not None

    def price(self, usage: Usage, *, answered_by: str | None = None) -> Price | None:
        """Return what tokens cost: by the installation's own price, else by the list, for the model that answered."""
        if self.own_price is not None:
            return self.own_price.of(self.name, usage)
        return price_of(self.provider, [answered_by, self.model] if answered_by else [self.model], usage)


class Models:
    """The models a process can ask, by `provider:model` or alias; `None` is the default.

    The default is the alias `default` if there is one, else `HEADRACE_AI_MODEL`, else that of the first provider whose key
    is set, else `offline:writer`. What the API has set counts before the settings.
    """

    def __init__(
        self,
        settings: Settings,
        providers: Mapping[str, Provider] | None = None,
        *,
        configured: Configured | None = None,
    ) -> None:
        """Check the names in the settings (`SettingsError`); `providers` replace the built-in ones."""
        self.configured = configured
        self._settings = settings
        self._given: dict[str, Provider] = dict(providers or {})
        self._built: dict[tuple[str, str | None], Provider] = {}
        self._building = asyncio.Lock()
        self.own_prices = read_prices(settings.ai_prices)
        self._check_names()

    @cached_property
    def keyring(self) -> Keyring:
        """The installation's secret keys, which seal the answers that are kept."""
        return Keyring.of(self._settings)

    @property
    def known(self) -> tuple[str, ...]:
        """The names of all providers."""
        return (*NAMES, *(name for name in self._given if name not in NAMES))

    @property
    def default(self) -> str:
        """The model or alias that the settings alone make the default."""
        return self.default_of(Stored())

    def default_of(self, stored: Stored) -> str:
        """Return the model or alias that is asked when a task names none."""
        if DEFAULT in self.aliases_of(stored):
            return DEFAULT
        keyed = (model for name, model in DEFAULTS.items() if self._has_key(name, stored))
        return self._settings.ai_model or next(keyed, OFFLINE_DEFAULT)

    def aliases_of(self, stored: Stored) -> dict[str, tuple[str, ...]]:
        """Return all aliases: those of the settings, and over them those of the API."""
        return {**(self._settings.ai_aliases or {}), **stored.aliases}

    def missing(self, provider: str, stored: Stored) -> str | None:
        """Return what a provider lacks before it can be asked, if anything."""
        if provider in self._given:
            return None
        return missing(self._settings, provider, has_key=self._has_key(provider, stored))

    def expand(self, asking: Asking, stored: Stored) -> list[str]:
        """Return the full names to ask in turn; raises `UnknownModel`."""
        names = [self.default_of(stored)] if asking is None else [asking] if isinstance(asking, str) else list(asking)
        return expand(names, self.aliases_of(stored), self.known)

    async def stored(self) -> Stored:
        """Return what the API has set, at most 5 seconds old."""
        return Stored() if self.configured is None else await self.configured.read()

    async def stored_now(self) -> Stored:
        """Return what the API has set, read anew: somebody is about to change it, or to see what was changed."""
        if self.configured is not None:
            self.configured.forget()
        return await self.stored()

    async def ask(self, run: Run, asking: Asking, request: Request, read: Read) -> Asked:
        """Ask on behalf of `run`, with the retries, fallbacks and repairs of `headrace.ai.persistence`."""
        from headrace.ai.asking import Question
        from headrace.ai.persistence import ask

        return await ask(self, self.expand(asking, await self.stored()), Question(run, request, read))

    async def route(self, name: str | None) -> Route:
        """Return whom a name stands for first; `UnknownModel` or `ProviderNotConfigured` say what would be right."""
        stored = await self.stored()
        provider, _, model = self.expand(name, stored)[0].partition(":")
        return Route(await self._provider(provider, stored), model, self.own_prices.get(f"{provider}:{model}"))

    async def close(self) -> None:
        """Close the connections of all providers."""
        for provider in (*self._given.values(), *self._built.values()):
            await provider.close()

    async def _provider(self, name: str, stored: Stored) -> Provider:
        if name in self._given:
            return self._given[name]
        kept = stored.keys.get(name)
        made = (name, kept.sealed if kept else None)
        if made in self._built:  # without the lock, which would let in one a turn of the event loop
            return self._built[made]
        async with self._building:
            if made not in self._built:
                # Off the event loop: importing an SDK and the price list takes more than a second. The provider of a key
                # that was replaced stays until the end: calls may still be under way.
                self._built[made] = await asyncio.to_thread(build, self._settings, name, self._key(name, stored))
            return self._built[made]

    def _has_key(self, provider: str, stored: Stored) -> bool:
        return provider in stored.keys or key_set(self._settings, provider) is not None

    def _key(self, provider: str, stored: Stored) -> str | None:
        kept = stored.keys.get(provider)
        if kept is not None and self.configured is not None:
            return self.configured.unseal(kept)
        return key_set(self._settings, provider)

    def _check_names(self) -> None:
        aliases = self._settings.ai_aliases or {}
        try:
            expand([self.default], aliases, self.known)
        except UnknownModel as error:
            raise SettingsError(f"HEADRACE_AI_MODEL: {error}") from None
        try:
            for alias in aliases:
                expand([alias], aliases, self.known)
        except UnknownModel as error:
            raise SettingsError(f"HEADRACE_AI_ALIASES: {error}") from None
