"""The fake provider as test authors meet it, asked with the official client."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from headrace.settings import Settings, load
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(provider: FakeProvider) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="fake-key", base_url=provider.url, max_retries=0) as official:
        yield official


async def said(client: AsyncOpenAI, prompt: str = "Hi") -> str | None:
    answer = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


async def test_a_request_beyond_the_script_gets_a_plain_answer(client: AsyncOpenAI):
    assert await said(client, "What?") == "This is a fake answer to: What?"


async def test_a_structured_request_beyond_the_script_gets_a_value_of_its_schema(client: AsyncOpenAI):
    answer = await client.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "Outline"}],
        response_format={
            "type": "json_schema",
            "json_schema": {
                "name": "note",
                "schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
            },
        },
    )

    assert '{"n":' in (answer.choices[0].message.content or "")


async def test_scripted_answers_come_in_order(provider: FakeProvider, client: AsyncOpenAI):
    provider.reply("one")
    provider.reply("two")

    assert [await said(client), await said(client)] == ["one", "two"]


async def test_an_answer_for_certain_prompts_is_kept_for_them(provider: FakeProvider, client: AsyncOpenAI):
    provider.when("wheel").reply("It turns.")
    provider.reply("first")
    provider.when("mill").reply("It stands.")
    assert await said(client, "Hi") == "first"
    assert await said(client, "the mill") == "It stands."
    assert await said(client, "the wheel") == "It turns."
    assert await said(client, "the wheel") == "This is a fake answer to: the wheel"


async def test_an_unstreamed_answer_reports_its_tokens(provider: FakeProvider, client: AsyncOpenAI):
    provider.reply("one", tokens=Tokens(input=7, output=2))

    answer = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}])

    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (7, 2)


async def test_a_gate_holds_the_answer_until_it_is_opened(provider: FakeProvider, client: AsyncOpenAI):
    gate = Gate()
    provider.reply("one", gate, " two")

    stream = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}], stream=True)
    await gate.reached()
    gate.open()

    async with asyncio.timeout(10):
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
    assert "".join(pieces) == "one two"


async def test_a_gate_that_was_opened_before_holds_nothing(provider: FakeProvider, client: AsyncOpenAI):
    gate = Gate()
    gate.open()
    provider.reply("one", gate)

    async with asyncio.timeout(10):
        stream = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        assert [chunk async for chunk in stream]


async def test_a_gate_nobody_reaches_is_a_timeout():
    with pytest.raises(TimeoutError, match="gate"):
        await Gate().reached(patience=0.01)


async def test_nobody_hanging_up_is_a_timeout(provider: FakeProvider):
    with pytest.raises(TimeoutError, match="hung up"):
        await provider.hung_up(patience=0.01)


def test_a_provider_stops_while_an_answer_hangs():
    import socket

    with FakeProvider() as provider:
        provider.hang("x")
        host, port = provider.url.removeprefix("http://").removesuffix("/v1").split(":")
        connection = socket.create_connection((host, int(port)))
        body = b'{"model": "m", "stream": true, "messages": []}'
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        assert connection.recv(12) == b"HTTP/1.1 200"
    connection.settimeout(10)
    while connection.recv(65_536):
        pass
    connection.close()


def test_its_environment_is_what_a_headrace_process_reads(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch):
    for name, text in provider.environment.items():
        monkeypatch.setenv(name, text)

    settings: Settings = load()

    assert (settings.ai_model, settings.openai_base_url) == ("openai:fake-model", provider.url)
