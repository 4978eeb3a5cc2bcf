"""OpenAI and every server that speaks its chat protocol; importing this imports the SDK, so it is imported late."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpx2Client
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from headrace.ai.exchange import exchange
from headrace.ai.faults import Asked
from headrace.ai.provider import Answer, Chunk, Request

NAME = "openai"
KEY_SETTING = "HEADRACE_OPENAI_API_KEY"
ADDRESS = "https://api.openai.com/v1"

_CONNECT_SECONDS = 10.0


class OpenAi:
    """The chat completions API; the SDK's own retries are off, because the job's retry is the one place for them.

    Another address than OpenAI's gets `max_tokens` where OpenAI wants `max_completion_tokens`, and needs no key.
    """

    name = NAME
    is_offline = False

    def __init__(self, key: str | None, base_url: str | None = None, *, price_list: str | None = None) -> None:
        """Prepare a client; nothing is connected yet. `price_list` is who bills the calls, if not `base_url`."""
        self._key = key or ""
        address = base_url or ADDRESS
        self.price_list: str | None = price_list or address
        self._client = AsyncOpenAI(
            api_key=key or "no-key",
            base_url=address,
            max_retries=0,
            http_client=DefaultAsyncHttpx2Client(
                # Concurrency is bounded by the worker and by limits that hold across workers, not by this pool.
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=100),
                timeout=httpx2.Timeout(600.0, connect=_CONNECT_SECONDS),
            ),
        )
        self._is_compatible = base_url is not None and not base_url.startswith(ADDRESS)
        self._models: dict[str, OpenAIChatModel] = {}

    async def stream(self, model: str, request: Request) -> AsyncGenerator[Chunk | Answer]:
        """Ask with a streamed request; structured answers through the protocol's `response_format`."""
        asked = Asked(f"{NAME}:{model}", KEY_SETTING, self._key)
        async with aclosing(exchange(self._model(model), request, asked)) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.close()

    def _model(self, name: str) -> OpenAIChatModel:
        if name not in self._models:
            # Every server of this protocol ends an answer with a finish reason; without one it was cut.
            profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
            if self._is_compatible:
                profile["openai_chat_supports_max_completion_tokens"] = False
                compatible = OpenAICompatibleProvider(NAME, openai_client=self._client)
                self._models[name] = OpenAIChatModel(name, provider=compatible, profile=profile)
            else:
                official = OpenAIProvider(openai_client=self._client)
                self._models[name] = OpenAIChatModel(name, provider=official, profile=profile)
        return self._models[name]
