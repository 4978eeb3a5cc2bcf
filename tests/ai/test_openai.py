"""The OpenAI protocol over real HTTP: what is sent, what comes back, and every way it goes wrong."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest
from pydantic import BaseModel

from headrace.ai.connected import Connected
from headrace.ai.errors import (
    AnswerRefused,
    AnswerTruncated,
    CallFailed,
    ContextTooLong,
    KeyRefused,
    MalformedAnswer,
    ModelNotFound,
    ProtocolBroken,
    ProviderFailed,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    RequestRejected,
    SpendLimitReached,
    StreamCut,
)
from headrace.ai.openai import connect_openai
from headrace.ai.provider import Answer, Chunk, Message, Request, Usage
from headrace.ai.shape import shape_of
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio

HELLO = Request((Message("user", "Say hello"),), system="Be brief")


class City(BaseModel):
    name: str
    people: int


async def ask(client: Connected, request: Request = HELLO) -> tuple[list[str], Answer]:
    items = [item async for item in client.stream("fake-model", request)]
    assert isinstance(items[-1], Answer)
    return [item.text for item in items if isinstance(item, Chunk)], items[-1]


async def test_text_arrives_in_the_chunks_the_provider_sent(provider: FakeProvider, openai: Connected):
    provider.reply("Hel", "lo ", "there", tokens=Tokens(input=12, output=3, cached=4, reasoning=2))

    chunks, answer = await ask(openai)

    assert chunks == ["Hel", "lo ", "there"]
    assert answer == Answer("Hello there", "fake-model", Usage(12, 3, 4, 2), "stop")


async def test_a_chunk_is_seen_before_the_next_one_is_sent(provider: FakeProvider, openai: Connected):
    gate = Gate()
    provider.reply("first", gate, " second")

    async with aclosing(openai.stream("fake-model", HELLO)) as stream, asyncio.timeout(10):
        assert await anext(stream) == Chunk("first")
        gate.open()
        assert await anext(stream) == Chunk(" second")


async def test_a_request_carries_prompt_system_model_options_and_key(provider: FakeProvider, openai: Connected):
    await ask(openai, Request(HELLO.messages, "Be brief", max_output_tokens=50, temperature=0.5))

    (request,) = provider.requests
    assert (request.prompt, request.system, request.model) == ("Say hello", "Be brief", "fake-model")
    assert (request.body["max_tokens"], request.body["temperature"]) == (50, 0.5)
    assert request.headers["authorization"] == "Bearer fake-key"


async def test_a_conversation_is_sent_turn_by_turn(provider: FakeProvider, openai: Connected):
    await ask(openai, Request((Message("user", "One"), Message("assistant", "Two"), Message("user", "Three"))))

    messages = provider.requests[0].body["messages"]
    assert messages == [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Three"},
    ]


async def test_a_structured_answer_is_asked_for_by_its_schema(provider: FakeProvider, openai: Connected):
    provider.reply_json({"name": "Ulm", "people": 126_000})
    shape = shape_of(City)

    _, answer = await ask(openai, Request(HELLO.messages, schema=shape.schema))

    assert shape.value(shape.read(answer.text)) == City(name="Ulm", people=126_000)
    sent = provider.requests[0].schema
    assert sent is not None
    assert set(sent["properties"]) == {"name", "people"}
    assert sent["required"] == ["name", "people"]


async def test_usage_is_estimated_and_said_to_be_when_the_provider_reports_none(
    provider: FakeProvider, openai: Connected
):
    provider.reply("four letters", tokens=Tokens(0, 0))

    _, answer = await ask(openai)

    assert answer.usage == Usage(input=5, output=3, estimated=True)


async def test_an_answer_that_ran_into_its_limit_says_so(provider: FakeProvider, openai: Connected):
    provider.reply("Once upon", finish_reason="length")

    _, answer = await ask(openai)

    assert answer.finish_reason == "length"


async def test_closing_the_stream_closes_the_connection(provider: FakeProvider, openai: Connected):
    provider.hang("first")

    async with aclosing(openai.stream("fake-model", HELLO)) as stream:
        assert await anext(stream) == Chunk("first")

    await provider.hung_up(patience=1)


async def test_cancelling_a_call_closes_the_connection_within_a_second(provider: FakeProvider, openai: Connected):
    gate = Gate()
    provider.reply("first", gate)
    call = asyncio.create_task(ask(openai))
    await gate.reached()

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await provider.hung_up(patience=1)


TRANSIENT = [
    (429, "rate_limit_exceeded", RateLimited),
    (429, None, RateLimited),
    (500, None, ProviderFailed),
    (502, None, ProviderFailed),
    (503, None, ProviderFailed),
    (529, "overloaded_error", ProviderFailed),
    (408, None, ProviderFailed),
]
PERMANENT = [
    (400, "context_length_exceeded", ContextTooLong),
    (400, "invalid_request_error", RequestRejected),
    (400, "content_policy_violation", AnswerRefused),
    (401, "invalid_api_key", KeyRefused),
    (402, None, SpendLimitReached),
    (403, None, KeyRefused),
    (404, "model_not_found", ModelNotFound),
    (405, None, RequestRejected),
    (422, None, RequestRejected),
    (429, "insufficient_quota", SpendLimitReached),
    (429, "credit_balance_exhausted", SpendLimitReached),
    (429, "enforced_spend_limit_reached", SpendLimitReached),
]


@pytest.mark.parametrize(("status", "code", "expected"), TRANSIENT)
async def test_errors_that_pass_by_themselves_are_worth_a_retry(
    *, status: int, code: str | None, expected: type[CallFailed], provider: FakeProvider, openai: Connected
):
    provider.fail(status, code=code)

    with pytest.raises(expected) as raised:
        await ask(openai)

    assert raised.value.permanent is False


@pytest.mark.parametrize(("status", "code", "expected"), PERMANENT)
async def test_errors_that_stay_are_permanent(
    *, status: int, code: str | None, expected: type[CallFailed], provider: FakeProvider, openai: Connected
):
    provider.fail(status, code=code)

    with pytest.raises(expected) as raised:
        await ask(openai)

    assert raised.value.permanent is True


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_the_sdk_never_retries_by_itself(status: int, provider: FakeProvider, openai: Connected):
    provider.fail(status, retry_after=0)

    with pytest.raises(CallFailed):
        await ask(openai)

    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_kept(status: int, provider: FakeProvider, openai: Connected):
    provider.fail(status, retry_after=7)

    with pytest.raises(CallFailed) as raised:
        await ask(openai)

    assert raised.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("said", ["10000000000000000", "soon", "-5", ""])
async def test_an_absurd_retry_after_is_still_a_rate_limit(said: str, provider: FakeProvider, openai: Connected):
    provider.fail(429, retry_after=said)

    with pytest.raises(RateLimited) as raised:
        await ask(openai)

    assert raised.value.retry_after in {None, timedelta(days=7)}


async def test_text_that_postgres_can_not_hold_is_cleaned(provider: FakeProvider, openai: Connected):
    provider.reply("a\0b")

    chunks, answer = await ask(openai)

    assert (chunks, answer.text) == (["a\ufffdb"], "a\ufffdb")


async def test_a_refused_request_is_not_billed(provider: FakeProvider, openai: Connected):
    provider.fail(429)

    with pytest.raises(RateLimited) as raised:
        await ask(openai)

    assert raised.value.partial.usage is None


async def test_the_message_names_the_model_the_providers_words_and_the_mend(provider: FakeProvider, openai: Connected):
    provider.fail(401, code="invalid_api_key", message="Incorrect API key")

    with pytest.raises(KeyRefused) as raised:
        await ask(openai)

    assert str(raised.value) == "openai:fake-model refused the key (Incorrect API key); check HEADRACE_OPENAI_API_KEY"


async def test_a_key_that_the_provider_repeats_is_hidden(provider: FakeProvider, openai: Connected):
    provider.fail(401, message="No such key: fake-key")

    with pytest.raises(KeyRefused) as raised:
        await ask(openai)

    assert "fake-key" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


async def test_a_cut_stream_keeps_its_text_and_its_estimated_price(provider: FakeProvider, openai: Connected):
    provider.cut("Once upon ", "a time")

    with pytest.raises(StreamCut) as raised:
        await ask(openai)

    assert raised.value.partial.text == "Once upon a time"
    assert raised.value.partial.usage == Usage(input=5, output=4, estimated=True)
    assert raised.value.permanent is False


async def test_a_stream_that_ends_politely_but_unfinished_is_cut_too(provider: FakeProvider, openai: Connected):
    provider.reply("Once upon", finish_reason="")

    with pytest.raises(StreamCut):
        await ask(openai)


async def test_a_provider_that_falls_silent_is_given_up(provider: FakeProvider, openai: Connected):
    provider.hang("Once upon")

    with pytest.raises(ProviderSilent) as raised:
        async with asyncio.timeout(10):
            await ask(openai, Request(HELLO.messages, silence=timedelta(milliseconds=200)))

    assert raised.value.partial.text == "Once upon"
    await provider.hung_up(patience=1)


async def test_an_address_where_nobody_listens_is_unreachable():
    client = connect_openai("fake-key", "http://127.0.0.1:9/v1")

    with pytest.raises(ProviderUnreachable) as raised:
        await ask(client)

    assert raised.value.partial.usage is None
    await client.close()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<html>Bad gateway</html>", "text/html"),
        ("", "application/json"),
        ('{"ok": true}', "application/json"),
        ("data: {broken\n\n", "text/event-stream"),
        ("data: 42\n\n", "text/event-stream"),
        ('data: {"choices": "none"}\n\n', "text/event-stream"),
        ('data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n', "text/event-stream"),
        ("data: [DONE]\n\n", "text/event-stream"),
    ],
)
async def test_a_200_that_is_not_the_protocol_is_worth_a_retry(
    body: str, content_type: str, provider: FakeProvider, openai: Connected
):
    provider.junk(body, content_type=content_type)

    with pytest.raises((ProtocolBroken, StreamCut)) as raised:
        await ask(openai)

    assert raised.value.permanent is False


async def test_broken_json_in_the_middle_of_a_stream_keeps_what_came_before(provider: FakeProvider, openai: Connected):
    provider.junk_midway("Once upon", data="{not json")

    with pytest.raises(ProtocolBroken) as raised:
        await ask(openai)

    assert raised.value.partial.text == "Once upon"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("server_error", ProviderFailed), ("rate_limit_exceeded", RateLimited), ("insufficient_quota", SpendLimitReached)],
)
async def test_an_error_inside_the_stream_is_the_same_error(
    code: str, expected: type[CallFailed], provider: FakeProvider, openai: Connected
):
    provider.fail_midway("Once upon", code=code)

    with pytest.raises(expected) as raised:
        await ask(openai)

    assert raised.value.partial.text == "Once upon"
    assert raised.value.partial.usage is not None


async def test_a_refusal_is_permanent_and_billed(provider: FakeProvider, openai: Connected):
    provider.refuse("I would rather not.")

    with pytest.raises(AnswerRefused, match="I would rather not") as raised:
        await ask(openai)

    assert raised.value.permanent is True
    assert raised.value.partial.usage == Usage(10, 5)


async def test_a_content_filter_that_stops_the_answer_is_permanent(provider: FakeProvider, openai: Connected):
    provider.reply("Once upon", finish_reason="content_filter")

    with pytest.raises(AnswerRefused) as raised:
        await ask(openai)

    assert raised.value.partial.text == "Once upon"


async def test_an_empty_answer_is_malformed(provider: FakeProvider, openai: Connected):
    provider.reply(" ", "\n")

    with pytest.raises(MalformedAnswer):
        await ask(openai)


async def test_an_empty_answer_at_the_output_limit_says_to_raise_it(provider: FakeProvider, openai: Connected):
    provider.reply(finish_reason="length")

    with pytest.raises(AnswerTruncated, match="max_output_tokens"):
        await ask(openai)


async def test_an_endless_answer_is_stopped(provider: FakeProvider, openai: Connected):
    provider.reply(*(["x" * 200_000] * 6))

    with pytest.raises(CallFailed, match="900,000 bytes") as raised:
        await ask(openai)

    assert raised.value.permanent is True


async def test_reasoning_is_not_part_of_the_answer(provider: FakeProvider, openai: Connected):
    provider.reply("<think>", "Hm. ", "</think>", "Hello")

    chunks, answer = await ask(openai)

    assert (chunks, answer.text) == (["Hello"], "Hello")
