"""The provider without a network: deterministic, schema-true placeholders, labelled as offline in every answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta

import orjson

from headrace.ai.errors import UnknownModel
from headrace.ai.placeholder import Prose
from headrace.ai.provider import Answer, Chunk, FinishReason, Request, Usage, estimate_usage
from headrace.ai.specimen import specimen

NAME = "offline"
MODEL = "writer"
LABEL = "[Offline placeholder: no AI model wrote this. Set HEADRACE_OPENAI_API_KEY for real answers.]"
MARK = "(offline)"

_PACE = timedelta(milliseconds=12)
_WORDS_PER_CHUNK = 3


class Offline:
    """Answers every request the same way each time, with a pause between chunks so that the screen shows it written."""

    name = NAME
    is_offline = True
    price_list = None

    def __init__(self, pace: timedelta = _PACE) -> None:
        """Pause `pace` between chunks."""
        self._pace = pace.total_seconds()

    async def stream(self, model: str, request: Request) -> AsyncGenerator[Chunk | Answer]:
        """Yield a placeholder; only the model `writer` exists."""
        if model != MODEL:
            raise UnknownModel(f"The provider offline has the one model offline:{MODEL}, not offline:{model}")
        text, finish_reason = _limited(_written(request), request.max_output_tokens)
        for piece in _pieces(text):
            yield Chunk(piece)
            await asyncio.sleep(self._pace)
        counted = estimate_usage(request, text)
        yield Answer(text, MODEL, Usage(counted.input, counted.output), finish_reason)

    async def close(self) -> None:
        """Hold nothing, close nothing."""


def _written(request: Request) -> str:
    prose = Prose(request.prompt)
    if request.schema is None:
        return f"{LABEL}\n\n{prose.paragraphs(3)}"
    return orjson.dumps(specimen(request.schema.definition, prose, mark=MARK)).decode()


def _limited(text: str, tokens: int | None) -> tuple[str, FinishReason]:
    if tokens is None or len(text) <= tokens * 4:
        return text, "stop"
    return text[: tokens * 4], "length"


def _pieces(text: str) -> Iterator[str]:
    words = re.findall(r"\S+\s*|\s+", text)
    for start in range(0, len(words), _WORDS_PER_CHUNK):
        yield "".join(words[start : start + _WORDS_PER_CHUNK])
