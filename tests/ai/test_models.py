"""Which model answers, by name and by default."""

import asyncio

import pytest
from pydantic import SecretStr

from headrace.ai.errors import ProviderNotConfigured, UnknownModel
from headrace.ai.models import Models
from headrace.errors import SettingsError
from headrace.settings import Settings

pytestmark = pytest.mark.anyio

KEY = SecretStr("sk-test")


async def test_without_a_key_the_offline_writer_answers():
    route = await Models(Settings()).route(None)

    assert (route.name, route.provider.is_offline) == ("offline:writer", True)


async def test_with_a_key_openai_answers():
    models = Models(Settings(openai_api_key=KEY))

    route = await models.route(None)

    assert (route.name, route.provider.is_offline) == ("openai:gpt-5-mini", False)
    await models.close()


async def test_the_setting_chooses_the_default():
    models = Models(Settings(openai_api_key=KEY, ai_model="openai:gpt-5"))

    assert (await models.route(None)).name == "openai:gpt-5"
    await models.close()


async def test_a_name_wins_over_the_default():
    models = Models(Settings(openai_api_key=KEY))

    assert (await models.route("offline:writer")).provider.is_offline
    await models.close()


async def test_a_models_name_may_hold_colons():
    models = Models(Settings(openai_base_url="http://127.0.0.1:9/v1"))

    route = await models.route("openai:llama3:8b")

    assert route.model == "llama3:8b"
    await models.close()


async def test_a_provider_is_built_once():
    models = Models(Settings(openai_api_key=KEY))

    first, second = await models.route("openai:a"), await models.route("openai:b")

    assert first.provider is second.provider
    await models.close()


async def test_a_provider_that_is_built_is_not_waited_for_while_another_is():
    models = Models(Settings(openai_api_key=KEY, anthropic_api_key=KEY))
    await models.route("openai:a")
    building = asyncio.create_task(models.route("anthropic:a"))
    await asyncio.sleep(0)

    route = models.route("openai:b")
    with pytest.raises(StopIteration):  # it is there without a turn of the event loop
        route.send(None)

    await building
    await models.close()


@pytest.mark.parametrize("name", ["gpt-5", "openai:", ":gpt-5", "nobody:gpt-5", "OpenAI:gpt-5"])
async def test_a_wrong_name_is_answered_with_the_right_ones(name: str):
    with pytest.raises(UnknownModel, match="offline, ollama, openai"):
        await Models(Settings()).route(name)


async def test_openai_without_a_key_names_the_setting():
    with pytest.raises(ProviderNotConfigured, match="HEADRACE_OPENAI_API_KEY"):
        await Models(Settings()).route("openai:gpt-5")


def test_a_wrong_default_stops_the_start():
    with pytest.raises(SettingsError, match="HEADRACE_AI_MODEL"):
        Models(Settings(ai_model="gpt-5"))
