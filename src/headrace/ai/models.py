"""Which provider and model a name stands for, and the providers of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from headrace.ai.errors import ProviderNotConfigured, UnknownModel
from headrace.ai.offline import MODEL, Offline
from headrace.ai.provider import Provider, Request
from headrace.errors import SettingsError
from headrace.settings import Settings

if TYPE_CHECKING:
    from headrace.ai.asking import Asked, Read
    from headrace.ai.run import Run

Name = Literal["offline", "openai"]
NAMES: tuple[str, ...] = get_args(Name)

OPENAI_DEFAULT = "openai:gpt-5-mini"
OFFLINE_DEFAULT = f"offline:{MODEL}"


@dataclass(frozen=True, slots=True)
class Route:
    """Who is asked: a provider and the name it knows the model by."""

    provider: Provider
    model: str

    @property
    def name(self) -> str:
        """The model's full name, `provider:model`."""
        return f"{self.provider.name}:{self.model}"


class Models:
    """The models a process can ask: `provider:model`, or `None` for the default.

    The default is `HEADRACE_AI_MODEL`, else OpenAI's if its key is set, else `offline:writer`.
    """

    def __init__(self, settings: Settings, providers: Mapping[str, Provider] | None = None) -> None:
        """Check that the default model can be asked (`SettingsError`); `providers` replace the built-in ones."""
        self._settings = settings
        self._providers: dict[str, Provider] = dict(providers or {})
        self._building = asyncio.Lock()
        try:
            provider, _ = self._split(self.default)
            self._check_configured(provider)
        except (UnknownModel, ProviderNotConfigured) as error:
            raise SettingsError(f"HEADRACE_AI_MODEL: {error}") from None

    @property
    def default(self) -> str:
        """The full name of the model that is asked when a task names none."""
        if self._settings.ai_model:
            return self._settings.ai_model
        return OPENAI_DEFAULT if self._settings.openai_api_key else OFFLINE_DEFAULT

    async def ask(self, run: Run, model: str | None, request: Request, read: Read) -> Asked:
        """Ask whom `model` stands for, once, on behalf of `run`."""
        from headrace.ai.asking import ask

        return await ask(run, await self.route(model), request, read)

    async def route(self, name: str | None) -> Route:
        """Return whom a name stands for; `UnknownModel` or `ProviderNotConfigured` say what would be right."""
        provider, model = self._split(name or self.default)
        async with self._building:
            if provider not in self._providers:
                self._providers[provider] = await self._build(provider)
        return Route(self._providers[provider], model)

    async def close(self) -> None:
        """Close the connections of all providers."""
        for provider in self._providers.values():
            await provider.close()

    def _split(self, name: str) -> tuple[str, str]:
        known = sorted({*NAMES, *self._providers})
        provider, _, model = name.partition(":")
        if provider not in known or not model:
            raise UnknownModel(f"{name!r} is no model; write provider:model, the providers are {', '.join(known)}")
        return provider, model

    def _check_configured(self, provider: str) -> None:
        is_open = self._settings.openai_api_key is not None or self._settings.openai_base_url is not None
        if provider == "openai" and provider not in self._providers and not is_open:
            raise ProviderNotConfigured(
                "No key for OpenAI; set HEADRACE_OPENAI_API_KEY, or HEADRACE_OPENAI_BASE_URL for a server without keys"
            )

    async def _build(self, provider: str) -> Provider:
        if provider == "offline":
            return Offline()
        self._check_configured(provider)
        key, base_url = self._settings.openai_api_key, self._settings.openai_base_url
        return await asyncio.to_thread(_openai, None if key is None else key.get_secret_value(), base_url)


def _openai(key: str | None, base_url: str | None) -> Provider:
    # Off the event loop: importing the SDK and its price list takes more than a second.
    from genai_prices.data_snapshot import get_snapshot

    from headrace.ai.openai import OpenAi

    get_snapshot()
    return OpenAi(key, base_url)
