"""The floor of streaming: the AI library that Headrace asks through, called as often at once by a program of its own."""

from __future__ import annotations

import asyncio
import os

import uvloop
from openai import AsyncOpenAI
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelRequest, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from benchmarks.program import play, wait_for_go
from headrace.ai.connected import http_client


async def work(calls: int) -> None:
    """Ask so many times at once and collect the texts."""
    client = AsyncOpenAI(
        api_key="none", base_url=os.environ["HEADRACE_OPENAI_BASE_URL"], max_retries=0, http_client=http_client()
    )
    model = OpenAIChatModel("paced", provider=OpenAIProvider(openai_client=client))
    await asyncio.to_thread(wait_for_go)
    texts = await asyncio.gather(*(_ask(model) for _ in range(calls)))
    os._exit(0 if all(texts) else 1)


async def _ask(model: OpenAIChatModel) -> str:
    pieces = []
    async with model_request_stream(model, [ModelRequest.user_text_prompt("Write")]) as stream:
        async for event in stream:
            match event:
                case (
                    PartStartEvent(part=TextPart(content=text))
                    | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                ):
                    pieces.append(text)
    return "".join(pieces)


if __name__ == "__main__":
    play(work, run=uvloop.run)
