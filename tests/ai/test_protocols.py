"""Every provider over its own wire protocol: streaming, structured answers, usage, errors, hanging up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from pydantic import BaseModel

from headrace.ai.anthropic import connect_anthropic
from headrace.ai.connected import Connected
from headrace.ai.errors import (
    AnswerRefused,
    CallFailed,
    ContextTooLong,
    KeyRefused,
    ModelNotFound,
    ProviderFailed,
    ProviderSilent,
    RateLimited,
    RequestRejected,
    SpendLimitReached,
    StreamCut,
)
from headrace.ai.gemini import connect_gemini
from headrace.ai.openai import connect_azure, connect_ollama, connect_openai
from headrace.ai.provider import Answer, Chunk, Message, Request, Tool, ToolResult, Usage
from headrace.ai.shape import shape_of
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio

KEY = "key-of-the-test"
MODELS = {
    "openai": "gpt-5",
    "azure": "our-gpt",
    "ollama": "qwen3",
    "anthropic": "claude-haiku-5-5",
    "gemini": "gemini-3.8-flash",
}
CONNECT: dict[str, Callable[[FakeProvider], Connected]] = {
    "openai": lambda fake: connect_openai(KEY, fake.url),
    "azure": lambda fake: connect_azure(KEY, fake.address, "2024-10-21"),
    "ollama": lambda fake: connect_ollama(fake.url, KEY),
    "anthropic": lambda fake: connect_anthropic(KEY, fake.address),
    "gemini": lambda fake: connect_gemini(KEY, fake.address),
}
HELLO = Request((Message("user", "Say hello"),), system="Be brief")


class City(BaseModel):
    name: str
    people: int


@pytest.fixture(params=list(CONNECT))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def connected(name: str, provider: FakeProvider) -> AsyncIterator[Connected]:
    client = CONNECT[name](provider)
    yield client
    await client.close()


async def ask(connected: Connected, request: Request = HELLO) -> tuple[list[str], Answer]:
    items = [item async for item in connected.stream(MODELS[connected.name], request)]
    assert isinstance(items[-1], Answer)
    return [item.text for item in items if isinstance(item, Chunk)], items[-1]


async def test_text_arrives_in_chunks_with_its_tokens(name: str, provider: FakeProvider, connected: Connected):
    provider.reply("Hel", "lo ", "there", tokens=Tokens(input=1_200, output=30, cached=400))

    chunks, answer = await ask(connected)

    assert (chunks, answer.text, answer.finish_reason) == (["Hel", "lo ", "there"], "Hello there", "stop")
    assert answer.usage == Usage(1_200, 30, 400, 0)
    assert answer.model == MODELS[name]


async def test_a_chunk_is_seen_before_the_next_one_is_sent(provider: FakeProvider, connected: Connected):
    gate = Gate()
    provider.reply("first", gate, " second")

    async with aclosing(connected.stream(MODELS[connected.name], HELLO)) as stream, asyncio.timeout(10):
        assert await anext(stream) == Chunk("first")
        gate.open()
        assert await anext(stream) == Chunk(" second")


async def test_a_request_carries_prompt_system_model_and_key(name: str, provider: FakeProvider, connected: Connected):
    await ask(connected)

    (request,) = provider.requests
    assert (request.prompt, request.system, request.model) == ("Say hello", "Be brief", MODELS[name])
    assert KEY in "".join(request.headers.values())
    assert KEY not in request.path


async def test_the_paths_are_the_providers_own(name: str, provider: FakeProvider, connected: Connected):
    await ask(connected)

    assert (
        provider.requests[0].path
        == {
            "openai": "/v1/chat/completions",
            "ollama": "/v1/chat/completions",
            "azure": "/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21",
            "anthropic": "/v1/messages",
            "gemini": "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
        }[name]
    )


async def test_the_longest_answer_is_the_providers_own_option(name: str, provider: FakeProvider, connected: Connected):
    await ask(connected, Request(HELLO.messages, max_output_tokens=500))

    body = provider.requests[0].body
    option = {
        "openai": "max_tokens",
        "ollama": "max_completion_tokens",
        "azure": "max_completion_tokens",
        "anthropic": "max_tokens",
    }
    assert (body["generationConfig"]["maxOutputTokens"] if name == "gemini" else body[option[name]]) == 500


async def test_a_structured_answer_is_asked_for_by_its_schema(provider: FakeProvider, connected: Connected):
    provider.reply_json({"name": "Ulm", "people": 126_000})
    shape = shape_of(City)

    _, answer = await ask(connected, Request(HELLO.messages, schema=shape.schema))

    assert shape.value(shape.read(answer.text)) == City(name="Ulm", people=126_000)
    sent = provider.requests[0].schema
    assert sent is not None
    assert set(sent["properties"]) == {"name", "people"}


async def test_a_model_that_can_not_be_held_to_a_schema_is_told_it(provider: FakeProvider):
    connected = connect_anthropic(KEY, provider.address)
    provider.reply_json({"name": "Ulm", "people": 126_000})

    items = [
        item async for item in connected.stream("claude-2", Request(HELLO.messages, "Be brief", shape_of(City).schema))
    ]

    assert isinstance(items[-1], Answer)
    (request,) = provider.requests
    assert request.schema is None
    assert "people" in request.system
    await connected.close()


async def test_a_function_is_offered_called_and_told_of(provider: FakeProvider, connected: Connected):
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    request = Request(HELLO.messages, "Be brief", tools=(Tool("count_people", "Counts them", parameters),))
    provider.call_tool("count_people", {"city": "Ulm"}, tokens=Tokens(50, 9))
    provider.reply("126,000 people")

    _, asked = await ask(connected, request)
    told = Message("user", "", results=(ToolResult(asked.calls[0], "126000"),))
    turn = Message("assistant", asked.text, asked.calls, verbatim=asked.verbatim)
    _, answered = await ask(connected, replace(request, messages=(*request.messages, turn, told)))

    (call,) = asked.calls
    assert (call.name, call.arguments, asked.finish_reason) == ("count_people", {"city": "Ulm"}, "tool_call")
    assert asked.usage == Usage(50, 9)
    assert answered.text == "126,000 people"
    first, second = (orjson.dumps(received.body).decode() for received in provider.requests)
    assert "Counts them" in first
    assert call.id in second or connected.name == "gemini"
    assert "126000" in second


async def test_an_answer_that_ran_into_its_limit_says_so(provider: FakeProvider, connected: Connected):
    provider.reply("Once upon", finish_reason="length")

    _, answer = await ask(connected)

    assert answer.finish_reason == "length"


ERRORS = [
    (400, RequestRejected),
    (401, KeyRefused),
    (403, KeyRefused),
    (404, ModelNotFound),
    (429, RateLimited),
    (500, ProviderFailed),
    (503, ProviderFailed),
    (504, ProviderFailed),
]


@pytest.mark.parametrize(("status", "expected"), ERRORS)
async def test_errors_in_the_providers_own_words(
    *, status: int, expected: type[CallFailed], provider: FakeProvider, connected: Connected
):
    provider.fail(status)

    with pytest.raises(expected) as raised:
        await ask(connected)

    assert raised.value.permanent is (status < 429)
    assert len(provider.requests) == 1


async def test_retry_after_is_kept(provider: FakeProvider, connected: Connected):
    provider.fail(429, retry_after=7)

    with pytest.raises(RateLimited) as raised:
        await ask(connected)

    assert raised.value.retry_after == timedelta(seconds=7)
    assert raised.value.costs_attempt is False


@pytest.mark.parametrize(
    ("name", "status", "said", "expected"),
    [
        ("anthropic", 529, {}, ProviderFailed),
        ("anthropic", 402, {}, SpendLimitReached),
        ("anthropic", 400, {"message": "Your credit balance is too low to access the API"}, SpendLimitReached),
        ("anthropic", 400, {"message": "prompt is too long: 250000 tokens > 200000 maximum"}, ContextTooLong),
        ("anthropic", 429, {"kind": "enforced_spend_limit_reached"}, SpendLimitReached),
        ("azure", 400, {"code": "content_filter"}, AnswerRefused),
        ("azure", 400, {"code": "context_length_exceeded"}, ContextTooLong),
        ("azure", 404, {"code": "DeploymentNotFound"}, ModelNotFound),
        ("gemini", 400, {"message": "The input token count (2000000) exceeds the maximum"}, ContextTooLong),
        ("gemini", 400, {"message": "API key not valid. Please pass a valid API key."}, KeyRefused),
        ("ollama", 404, {"message": 'model "qwen3" not found, try pulling it first'}, ModelNotFound),
    ],
)
async def test_what_only_this_provider_says(
    *, status: int, said: dict[str, str], expected: type[CallFailed], provider: FakeProvider, connected: Connected
):
    provider.fail(status, **said)

    with pytest.raises(expected):
        await ask(connected)


async def test_an_error_inside_the_stream_keeps_the_text(provider: FakeProvider, connected: Connected):
    code = {"anthropic": "overloaded_error", "gemini": "UNAVAILABLE"}.get(connected.name, "server_error")
    provider.fail_midway("Once upon", code=code)

    with pytest.raises(ProviderFailed) as raised:
        await ask(connected)

    assert raised.value.partial.text == "Once upon"
    assert raised.value.partial.usage is not None


async def test_a_cut_stream_keeps_its_text_and_its_price(provider: FakeProvider, connected: Connected):
    provider.cut("Once upon ", "a time")

    with pytest.raises(StreamCut) as raised:
        await ask(connected)

    assert raised.value.partial.text == "Once upon a time"
    assert raised.value.partial.usage is not None
    assert raised.value.partial.usage.output > 0


async def test_a_refusal_is_permanent(provider: FakeProvider, connected: Connected):
    provider.refuse("I would rather not.")

    with pytest.raises(AnswerRefused):
        await ask(connected)


async def test_cancelling_a_call_closes_the_connection_within_a_second(provider: FakeProvider, connected: Connected):
    gate = Gate()
    provider.reply("first", gate)
    call = asyncio.create_task(ask(connected))
    await gate.reached()

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await provider.hung_up(patience=1)


async def test_a_provider_that_falls_silent_is_given_up(provider: FakeProvider, connected: Connected):
    provider.hang("Once upon")

    with pytest.raises(ProviderSilent) as raised:
        async with asyncio.timeout(10):
            await ask(connected, Request(HELLO.messages, silence=timedelta(milliseconds=200)))

    assert raised.value.partial.text == "Once upon"


async def test_a_key_that_the_provider_repeats_is_hidden(provider: FakeProvider, connected: Connected):
    provider.fail(401, message=f"No such key: {KEY}")

    with pytest.raises(KeyRefused) as raised:
        await ask(connected)

    assert KEY not in str(raised.value)
    assert f"HEADRACE_{connected.name.upper().replace('AZURE', 'AZURE_OPENAI')}_API_KEY" in str(raised.value)
