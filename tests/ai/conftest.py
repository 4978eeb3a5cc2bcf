"""A fake provider for every test that asks for one."""

from collections.abc import AsyncIterator, Iterator

import pytest

from headrace.ai.openai import OpenAi
from headrace.testing.provider import FakeProvider


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as fake:
        yield fake


@pytest.fixture
async def openai(provider: FakeProvider) -> AsyncIterator[OpenAi]:
    client = OpenAi("fake-key", provider.url)
    yield client
    await client.close()
