"""One streamed exchange with a model of pydantic-ai; it imports the AI libraries, so it is imported late."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from headrace.ai.errors import AnswerRefused, AnswerTooLong, AnswerTruncated, MalformedAnswer, Partial
from headrace.ai.faults import FAILURES, Asked, failure_of
from headrace.ai.provider import (
    ANSWER_BYTES_MAX,
    Answer,
    Chunk,
    FinishReason,
    Message,
    Request,
    ToolCall,
    Usage,
    estimate_usage,
)
from headrace.jobs.journal import clean
from headrace.json import Json


async def exchange(model: Model, request: Request, asked: Asked) -> AsyncGenerator[Chunk | Answer]:
    """Yield the text as it comes and the answer at the end; every failure is one of `headrace.ai.errors`.

    Closing the generator closes the connection.
    """
    heard = _Heard(request)
    try:
        async with model_request_stream(
            model,
            _messages(request),
            model_settings=_settings(request),
            model_request_parameters=_parameters(model, request),
        ) as heard.response:
            async for event in heard.response:
                if piece := clean(_text(event)):
                    heard.add(piece, asked)
                    yield Chunk(piece)
    except FAILURES as error:
        # Without its cause: the library's own message may repeat the key and the whole request.
        raise failure_of(error, asked, heard.partial()) from None
    yield heard.answer(asked)


@dataclass(slots=True)
class _Heard:
    request: Request
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    response: StreamedResponse | None = None

    def add(self, piece: str, asked: Asked) -> None:
        self.pieces.append(piece)
        self.size += len(piece.encode())
        if self.size > ANSWER_BYTES_MAX:
            raise AnswerTooLong(
                f"{asked.model} wrote more than {ANSWER_BYTES_MAX:,} bytes; set max_output_tokens",
                partial=self.partial(),
            )

    def partial(self) -> Partial:
        """What has come; without an opened stream nothing was billed."""
        return Partial("".join(self.pieces), None if self.response is None else self.usage())

    def usage(self) -> Usage:
        counted = None if self.response is None else self.response.usage
        if counted is None or not (counted.input_tokens or counted.output_tokens):
            return estimate_usage(self.request, "".join(self.pieces))
        return Usage(
            input=counted.input_tokens,
            output=counted.output_tokens,
            cached=counted.cache_read_tokens,
            reasoning=counted.details.get("reasoning_tokens", 0),
        )

    def answer(self, asked: Asked) -> Answer:
        assert self.response is not None
        text, reason = "".join(self.pieces), _finish_reason(self.response)
        if reason == "content_filter":
            said = (self.response.provider_details or {}).get("refusal") or text or "no reason given"
            raise AnswerRefused(f"{asked.model} refused to answer: {said}"[:500], partial=self.partial())
        response = self.response.get()
        calls = tuple(_call(part) for part in response.tool_calls)
        if not text.strip() and reason == "length":
            raise AnswerTruncated(
                f"{asked.model} used up its output limit before it wrote anything; raise max_output_tokens",
                partial=self.partial(),
            )
        if not text.strip() and not calls:
            raise MalformedAnswer(f"{asked.model} answered with nothing", partial=self.partial())
        verbatim = _storable(ModelMessagesTypeAdapter.dump_python([response], mode="json")[0]) if calls else None
        reason = "tool_call" if calls and reason == "stop" else reason  # Gemini makes no difference
        return Answer(text, response.model_name or "", self.usage(), reason, calls, verbatim)


def _messages(request: Request) -> list[ModelMessage]:
    return [
        _answered(message) if message.role == "assistant" else _said(message, request.system)
        for message in request.messages
    ]


def _said(message: Message, system: str | None) -> ModelRequest:
    if not message.results:
        return ModelRequest(parts=[UserPromptPart(message.text)], instructions=system)
    results = [ToolReturnPart(result.call.name, result.text, result.call.id) for result in message.results]
    return ModelRequest(parts=results, instructions=system)


def _answered(message: Message) -> ModelMessage:
    if message.verbatim is None:
        return ModelResponse(parts=[TextPart(message.text)])
    (turn,) = ModelMessagesTypeAdapter.validate_python([message.verbatim])
    return turn


def _call(part: ToolCallPart) -> ToolCall:
    try:
        return ToolCall(part.tool_call_id, part.tool_name, _storable(part.args_as_dict()))
    except ValueError:  # no JSON: whoever makes the call says so
        return ToolCall(part.tool_call_id, part.tool_name, clean(part.args_as_json_str()))


def _storable(value: Json) -> Json:
    match value:
        case str():
            return clean(value)
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {clean(key): _storable(item) for key, item in value.items()}
        case _:
            return value


def _settings(request: Request) -> ModelSettings:
    settings = ModelSettings(timeout=request.silence.total_seconds(), max_retries=0)
    if request.max_output_tokens is not None:
        settings["max_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        settings["temperature"] = request.temperature
    return settings


def _parameters(model: Model, request: Request) -> ModelRequestParameters:
    schema = request.schema
    if schema is None:
        offered = [
            ToolDefinition(name=tool.name, parameters_json_schema=dict(tool.parameters), description=tool.description)
            for tool in request.tools
        ]
        return ModelRequestParameters(function_tools=offered)
    shape = OutputObjectDefinition(dict(schema.definition), name=schema.name, description=schema.description)
    # A model that can't be held to a schema gets it in its instructions.
    is_held = model.profile.get("supports_json_schema_output", False)
    return ModelRequestParameters(output_mode="native" if is_held else "prompted", output_object=shape)


def _text(event: ModelResponseStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:  # reasoning is not part of the answer
            return ""


def _finish_reason(response: StreamedResponse) -> FinishReason:
    match response.finish_reason:
        case "stop" | "length" | "content_filter" | "tool_call" as reason:
            return reason
        case _:
            return "other"
