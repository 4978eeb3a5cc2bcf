"""Google's Gemini API; it imports the SDK, so it is imported late. The requests go over our own HTTP client."""

from __future__ import annotations

from pydantic_ai.models import Model
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from headrace.ai.connected import Account, Connected, http_client

ADDRESS = "https://generativelanguage.googleapis.com"


def connect_gemini(key: str, base_url: str | None = None, *, price_list: str | None = None) -> Connected:
    """Return Gemini, or a gateway that speaks its protocol at another address."""
    address = base_url or ADDRESS
    http = http_client()
    provider = GoogleProvider(api_key=key, base_url=address, http_client=http)
    account = Account("gemini", key, "HEADRACE_GEMINI_API_KEY", price_list or address)

    def make(name: str) -> Model:
        return GoogleModel(name, provider=provider)

    return Connected(account, http, make)
