"""The providers there are: what each needs, where its key comes from, and how it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import SecretStr

from headrace.ai.errors import ProviderNotConfigured
from headrace.ai.offline import MODEL, Offline
from headrace.ai.provider import Provider
from headrace.settings import Settings

Name = Literal["offline", "openai", "azure", "anthropic", "gemini", "ollama"]
NAMES: tuple[str, ...] = get_args(Name)

OFFLINE_DEFAULT = f"offline:{MODEL}"
DEFAULTS = {
    "openai": "openai:gpt-5-mini",
    "anthropic": "anthropic:claude-haiku-5-5",
    "gemini": "gemini:gemini-3.8-flash",
}
"""What answers by default once a provider's key is set, the first that has one; the others' models have no common names."""

_ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be set before a provider can be asked: its key, its address, or either."""

    title: str
    key: str | None = None
    address: str | None = None
    is_either_enough: bool = False


NEEDS = {
    "offline": Needs("the offline writer"),
    "openai": Needs("OpenAI", "openai_api_key", "openai_base_url", is_either_enough=True),
    "azure": Needs("Azure OpenAI", "azure_openai_api_key", "azure_openai_endpoint"),
    "anthropic": Needs("Anthropic", "anthropic_api_key"),
    "gemini": Needs("Gemini", "gemini_api_key"),
    "ollama": Needs("Ollama", None, "ollama_base_url"),
}
KEYED = (*(name for name, needs in NEEDS.items() if needs.key), "ollama")
"""Those that take a key."""


def key_set(settings: Settings, provider: str) -> str | None:
    """Return the key that the settings hold for a provider."""
    found: SecretStr | None = getattr(settings, f"{_prefix(provider)}_api_key", None)
    return found.get_secret_value() if found else None


def address_of(settings: Settings, provider: str) -> str | None:
    """Return where a provider is asked, by which the price list knows who sends the bill; `None` if nobody does."""
    match provider:
        case "azure":
            return settings.azure_openai_endpoint
        case "openai" | "anthropic" | "gemini":
            found: str | None = getattr(settings, f"{provider}_base_url")
            return found or _ADDRESSES[provider]
        case _:
            return None


def missing(settings: Settings, provider: str, *, has_key: bool) -> str | None:
    """Return what is missing before a provider can be asked, as a sentence with the mend."""
    needs = NEEDS[provider]
    has_key = has_key or needs.key is None
    has_address = needs.address is None or getattr(settings, needs.address) is not None
    if (has_key or has_address) if needs.is_either_enough else (has_key and has_address):
        return None
    lacking = [name for name, has in ((needs.key, has_key), (needs.address, has_address)) if name and not has]
    word = "or" if needs.is_either_enough else "and"
    by_api = f". A key can also be PUT to /api/v1/ai/providers/{provider}/key" if needs.key in lacking else ""
    return (
        f"{needs.title} is not set up; set {f' {word} '.join(f'HEADRACE_{name.upper()}' for name in lacking)}{by_api}"
    )


def build(settings: Settings, provider: str, key: str | None) -> Provider:
    """Return a provider that is ready to be asked; imports its SDK, which takes more than a second.

    Raises `ProviderNotConfigured`.
    """
    if provider == "offline":
        return Offline()
    lack = missing(settings, provider, has_key=key is not None)
    if lack:
        raise ProviderNotConfigured(lack)
    from genai_prices.data_snapshot import get_snapshot

    get_snapshot()
    return _connect(settings, provider, key or "")


def _connect(settings: Settings, provider: str, key: str) -> Provider:
    match provider:
        case "anthropic":
            from headrace.ai.anthropic import connect_anthropic

            return connect_anthropic(key, settings.anthropic_base_url)
        case "gemini":
            from headrace.ai.gemini import connect_gemini

            return connect_gemini(key, settings.gemini_base_url)
        case "azure":
            from headrace.ai.openai import connect_azure

            return connect_azure(key, settings.azure_openai_endpoint or "", settings.azure_openai_api_version)
        case "ollama":
            from headrace.ai.openai import connect_ollama

            return connect_ollama(settings.ollama_base_url or "", key)
        case _:
            from headrace.ai.openai import connect_openai

            return connect_openai(key, settings.openai_base_url)


def _prefix(provider: str) -> str:
    return "azure_openai" if provider == "azure" else provider
