"""Providers that are asked over the network through pydantic-ai; it imports the AI libraries, so it is imported late."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx2
from pydantic_ai.models import Model, create_async_httpx2_client

from headrace.ai.exchange import exchange
from headrace.ai.faults import Asked
from headrace.ai.provider import Answer, Chunk, Request

_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asked and who pays: the provider's name, its key, the setting that holds it, and whose prices count."""

    name: str
    key: str = field(repr=False)
    key_setting: str
    price_list: str | None


class Connected:
    """A provider with an HTTP client of its own; its models are made when they are first asked.

    The SDKs' own retries are off: `headrace.ai.persistence` is the one place for them.
    """

    is_offline = False

    def __init__(self, account: Account, http: httpx2.AsyncClient, make: Callable[[str], Model]) -> None:
        """Prepare; nothing is connected yet. `make` returns the model of a name, which asks over `http`."""
        self._account = account
        self._http = http
        self._make = make
        self._models: dict[str, Model] = {}

    @property
    def name(self) -> str:
        """The word before the colon of a model's name."""
        return self._account.name

    @property
    def price_list(self) -> str | None:
        """Address by which the price list knows who sends the bill; `None` if a call costs nothing."""
        return self._account.price_list

    async def stream(self, model: str, request: Request) -> AsyncGenerator[Chunk | Answer]:
        """Ask with a streamed request; structured answers in the provider's own way."""
        account = self._account
        asked = Asked(f"{account.name}:{model}", account.key_setting, account.key)
        async with aclosing(exchange(self._model(model), request, asked)) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """Close idle connections."""
        await self._http.aclose()

    def _model(self, name: str) -> Model:
        if name not in self._models:
            self._models[name] = self._make(name)
        return self._models[name]


def http_client() -> httpx2.AsyncClient:
    """Return a client that bounds connecting; how many calls there are at once is bounded by limits elsewhere.

    It follows no redirects, which would take keys to other hosts.
    """
    return create_async_httpx2_client(
        timeout=httpx2.Timeout(600.0, connect=_CONNECT_SECONDS),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=100),
    )
