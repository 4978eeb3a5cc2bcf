"""Anthropic's messages API; it imports the SDK, so it is imported late."""

from __future__ import annotations

from anthropic import AsyncAnthropic
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from headrace.ai.connected import Account, Connected, http_client

ADDRESS = "https://api.anthropic.com"


def connect_anthropic(key: str, base_url: str | None = None, *, price_list: str | None = None) -> Connected:
    """Return Anthropic, or a gateway that speaks its protocol at another address."""
    address = base_url or ADDRESS
    http = http_client()
    client = AsyncAnthropic(api_key=key, base_url=address, max_retries=0, http_client=http)
    account = Account("anthropic", key, "HEADRACE_ANTHROPIC_API_KEY", price_list or address)

    def make(name: str) -> Model:
        return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))

    return Connected(account, http, make)
