"""What an AI provider is to Headrace: a request goes in, chunks of text come out, then one answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol, TypeAlias

from headrace.json import Json, encode

FinishReason: TypeAlias = Literal["stop", "length", "content_filter", "tool_call", "other"]

SILENCE_MAX = timedelta(minutes=5)
# Less than a step's stored result may have (1 MiB), with room for what JSON escapes.
ANSWER_BYTES_MAX = 900_000


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may have called; `parameters` is the JSON schema of its arguments, an object."""

    name: str
    description: str | None
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model wants made; `arguments` are as it wrote them, not yet checked."""

    id: str
    name: str
    arguments: Json


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call."""

    call: ToolCall
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation that the model continues.

    `verbatim` is a turn of the model in the words of the library that read it: some providers want back more than its text.
    """

    role: Literal["user", "assistant"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()
    verbatim: Json = None

    @property
    def words(self) -> str:
        """All that the model has to read of it."""
        calls = [encode(call).decode() for call in self.calls]
        rest = "" if self.verbatim is None else encode(self.verbatim).decode()
        return "".join((self.text, *calls, *(result.text for result in self.results), rest))


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape a structured answer must have: a JSON schema whose root is an object."""

    name: str
    definition: Mapping[str, Json]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A question, and how its answer is wanted.

    `silence` is the longest time without a byte from the provider; the whole call is bounded by the job's timeout.
    `cache` is how old an answer to an equal request may be that is taken instead; `None` for one of its own.
    """

    messages: tuple[Message, ...]
    system: str | None = None
    schema: Schema | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    silence: timedelta = SILENCE_MAX
    tools: tuple[Tool, ...] = ()
    cache: timedelta | None = None

    @property
    def prompt(self) -> str:
        """The text of the user's last turn."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), "")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `cached` is part of `input`, `reasoning` part of `output`.

    `estimated` says that the provider didn't report them (a cut stream, for instance) and the text was measured.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the answer's text, as it arrived."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; `model` is the name the provider says it used."""

    text: str
    model: str
    usage: Usage = field(default_factory=Usage)
    finish_reason: FinishReason = "stop"
    calls: tuple[ToolCall, ...] = ()
    verbatim: Json = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer was read as; `is_mended` says that its JSON was only almost right."""

    value: Json
    is_mended: bool = False


class Provider(Protocol):
    """Somebody who answers; the errors it raises are those of `headrace.ai.errors`."""

    @property
    def name(self) -> str:
        """The word before the colon of a model's name."""
        ...

    @property
    def is_offline(self) -> bool:
        """Whether no model is asked and the answers are placeholders."""
        ...

    @property
    def price_list(self) -> str | None:
        """Address by which the price list knows who sends the bill; `None` if a call costs nothing."""
        ...

    def stream(self, model: str, request: Request) -> AsyncGenerator[Chunk | Answer]:
        """Yield the text in chunks as it is written, then the answer; closing the generator closes the connection."""
        ...

    async def close(self) -> None:
        """Close idle connections."""
        ...


def estimate_usage(request: Request, written: str) -> Usage:
    """Reckon four characters a token, for calls that ended before the provider reported its count."""
    asked = len(request.system or "") + sum(len(message.words) for message in request.messages)
    return Usage(input=_tokens(asked), output=_tokens(len(written)), estimated=True)


def _tokens(chars: int) -> int:
    return -(-chars // 4)
