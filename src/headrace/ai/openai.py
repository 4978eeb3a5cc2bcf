"""OpenAI, Azure OpenAI, Ollama, and every server that speaks OpenAI's chat protocol; imports the SDK: import it late."""

from __future__ import annotations

from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.ollama import OllamaModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.azure import AzureProvider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from headrace.ai.connected import Account, Connected, http_client

ADDRESS = "https://api.openai.com/v1"
NO_KEY = "no-key"


def connect_openai(key: str | None, base_url: str | None = None, *, price_list: str | None = None) -> Connected:
    """Return OpenAI, or with another address whatever speaks its protocol there, which needs no key.

    Another address gets `max_tokens` where OpenAI wants `max_completion_tokens`. `price_list` is who bills, if not the
    address.
    """
    address = base_url or ADDRESS
    http = http_client()
    client = AsyncOpenAI(api_key=key or NO_KEY, base_url=address, max_retries=0, http_client=http)
    account = Account("openai", key or "", "HEADRACE_OPENAI_API_KEY", price_list or address)

    def compatible(name: str) -> Model:
        profile = _whole()
        profile["openai_chat_supports_max_completion_tokens"] = False
        return OpenAIChatModel(name, provider=OpenAICompatibleProvider("openai", openai_client=client), profile=profile)

    def official(name: str) -> Model:
        return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client), profile=_whole())

    return Connected(account, http, official if address.startswith(ADDRESS) else compatible)


def connect_azure(key: str, endpoint: str, api_version: str, *, price_list: str | None = None) -> Connected:
    """Return an Azure OpenAI resource; its models are named by their deployments.

    An endpoint that ends in /v1 is asked in the way of Azure's v1 API, which knows no versions.
    """
    http = http_client()
    version = None if endpoint.rstrip("/").endswith("/v1") else api_version
    provider = AzureProvider(azure_endpoint=endpoint, api_version=version, api_key=key, http_client=http)
    account = Account("azure", key, "HEADRACE_AZURE_OPENAI_API_KEY", price_list or endpoint)

    def make(name: str) -> Model:
        return OpenAIChatModel(name, provider=provider, profile=_whole())

    return Connected(account, http, make)


def connect_ollama(base_url: str, key: str | None = None) -> Connected:
    """Return an Ollama server; asking it costs nothing."""
    http = http_client()
    client = AsyncOpenAI(api_key=key or NO_KEY, base_url=base_url, max_retries=0, http_client=http)
    account = Account("ollama", key or "", "HEADRACE_OLLAMA_API_KEY", None)

    def make(name: str) -> Model:
        return OllamaModel(name, provider=OllamaProvider(openai_client=client), profile=_whole())

    return Connected(account, http, make)


def _whole() -> OpenAIModelProfile:
    # Every server of this protocol ends an answer with a finish reason; without one it was cut.
    return OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
