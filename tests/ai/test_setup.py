"""Aliases and keys over the API: checked, sealed, used by workers without a restart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr
from tests.ai.conftest import Bench

from headrace.ai.configured import FRESH_SECONDS, Configured, list_keys, reseal
from headrace.ai.models import Models
from headrace.ai.offline import Offline
from headrace.context import Job
from headrace.jobs.backoff import Retry
from headrace.keyring import Keyring
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.provider import FakeProvider

pytestmark = pytest.mark.anyio

ALIASES = "/api/v1/ai/aliases"
KEYS = "/api/v1/ai/providers"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ai_aliases": {"fast": ("openai:small",), "best": ("openai:big", "fast")}})


async def test_an_alias_is_made_shown_and_deleted(client: AsyncClient):
    made = await client.put(f"{ALIASES}/clever", json={"models": ["anthropic:claude-opus-5-5", "fast"]})

    assert made.json() == {
        "name": "clever",
        "source": "api",
        "stands_for": ["anthropic:claude-opus-5-5", "fast"],
        "models": ["anthropic:claude-opus-5-5", "openai:small"],
        "problem": None,
    }
    assert (await client.get(f"{ALIASES}/clever")).json() == made.json()
    assert (await client.delete(f"{ALIASES}/clever")).status_code == 204
    assert (await client.get(f"{ALIASES}/clever")).status_code == 404


@pytest.mark.parametrize(
    ("name", "names", "said"),
    [
        ("clever", ["nobody:big"], "providers are anthropic"),
        ("clever", ["gpt-5"], "no model"),
        ("clever", ["clever"], "leads back to itself: clever → clever"),
        ("fast", ["best"], "leads back to itself"),
        ("clever", [], "1 to 10"),
        ("clever", [f"openai:{number}" for number in range(11)], "1 to 10"),
        ("Clever", ["openai:big"], "lower case"),
    ],
)
async def test_an_alias_of_nothing_is_refused(name: str, names: list[str], said: str, client: AsyncClient):
    answer = await client.put(f"{ALIASES}/{name}", json={"models": names})

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


async def test_an_alias_of_the_settings_can_be_overruled_but_not_deleted(client: AsyncClient):
    refused = await client.delete(f"{ALIASES}/fast")
    await client.put(f"{ALIASES}/fast", json={"models": ["openai:smaller"]})
    overruled = await client.get(f"{ALIASES}/fast")
    await client.delete(f"{ALIASES}/fast")
    back = await client.get(f"{ALIASES}/fast")

    assert (refused.status_code, overruled.json()["models"], back.json()["models"]) == (
        409,
        ["openai:smaller"],
        ["openai:small"],
    )


async def test_an_alias_that_another_needs_is_not_deleted(client: AsyncClient):
    await client.put(f"{ALIASES}/inner", json={"models": ["openai:small"]})
    await client.put(f"{ALIASES}/outer", json={"models": ["inner"]})

    refused = await client.delete(f"{ALIASES}/inner")

    assert (refused.status_code, "outer" in refused.json()["detail"]) == (409, True)


async def test_the_models_are_shown_with_their_prices(client: AsyncClient, runtime: Runtime):
    await client.put(f"{ALIASES}/clever", json={"models": ["anthropic:claude-opus-4-5", "anthropic:nobody-knows-this"]})

    shown = (await client.get("/api/v1/ai/models")).json()

    assert shown["default"] == "openai:fake-model"
    by_name = {model["name"]: model for model in shown["models"]}
    # $5 a million in, a tenth of that cached, $25 out
    price = by_name["anthropic:claude-opus-4-5"]["price"]
    assert {key: float(text) for key, text in price.items()} == {"input": 5_000, "cached_input": 500, "output": 25_000}
    assert by_name["anthropic:nobody-knows-this"]["price"] is None
    assert "HEADRACE_ANTHROPIC_API_KEY" in by_name["anthropic:claude-opus-4-5"]["lacks"]
    assert [alias["name"] for alias in shown["aliases"]] == ["best", "clever", "fast"]
    assert {provider["name"] for provider in shown["providers"] if provider["lacks"] is None} == {"offline", "openai"}


async def test_a_key_is_stored_sealed_and_never_shown(client: AsyncClient, runtime: Runtime):
    answer = await client.put(f"{KEYS}/anthropic/key", json={"key": "sk-ant-very-secret-1234"})

    shown = answer.json()["key"]
    assert (shown["source"], shown["last4"], shown["key_id"]) == ("api", "1234", runtime.keyring.key_id)
    assert answer.json()["lacks"] is None
    assert "very-secret" not in answer.text + (await client.get(KEYS)).text
    async with runtime.database.connection() as conn:
        assert "very-secret" not in (await list_keys(conn))["anthropic"].sealed
    assert (await client.delete(f"{KEYS}/anthropic/key")).status_code == 204
    assert (await client.delete(f"{KEYS}/anthropic/key")).status_code == 404


async def test_a_key_of_the_settings_shows_its_end(client: AsyncClient):
    providers = {provider["name"]: provider for provider in (await client.get(KEYS)).json()}

    assert providers["openai"]["key"] == {"source": "settings", "last4": "-key", "set_at": None, "key_id": None}


@pytest.mark.parametrize("key", ["", "short", "with a space in it", "línea-with-accent", "x" * 1_001, 7, None])
async def test_a_key_that_can_not_be_one_is_refused_without_being_repeated(key: object, client: AsyncClient):
    answer = await client.put(f"{KEYS}/anthropic/key", json={"key": key})

    assert answer.status_code == 422
    assert not key or str(key) not in answer.text


@pytest.mark.parametrize("name", ["offline", "nobody"])
async def test_a_provider_that_takes_no_key_is_not_found(name: str, client: AsyncClient):
    answer = await client.put(f"{KEYS}/{name}/key", json={"key": "long-enough"})

    assert (answer.status_code, "anthropic" in answer.json()["detail"]) == (404, True)


async def test_a_worker_takes_up_a_changed_key_and_alias(bench: Bench, client: AsyncClient, provider: FakeProvider):
    runtime = bench.runtime
    models = Models(
        runtime.settings, {"offline": Offline(pace=timedelta())}, configured=runtime_configured(runtime, fresh=0)
    )
    bench = replace(bench, runtime=replace(runtime, models=models))

    @bench.app.task(retry=Retry(attempts=1))
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="clever")

    bench.start_worker()
    for model, key in (("one", "key-number-one"), ("two", "key-number-two")):
        await client.put(f"{ALIASES}/clever", json={"models": [f"openai:{model}"]})
        await client.put(f"{KEYS}/openai/key", json={"key": key})
        assert (await bench.run(write))["state"] == "completed"

    asked = [(request.model, request.headers["authorization"]) for request in provider.requests]
    assert asked == [("one", "Bearer key-number-one"), ("two", "Bearer key-number-two")]
    await models.close()


async def test_what_was_read_answers_for_five_seconds(client: AsyncClient, runtime: Runtime):
    known = runtime_configured(runtime)
    before = await known.read()
    await client.put(f"{ALIASES}/clever", json={"models": ["openai:one"]})

    assert await known.read() is before
    known.forget()
    assert "clever" in (await known.read()).aliases


async def test_keys_are_sealed_anew_when_the_secret_changes(client: AsyncClient, runtime: Runtime):
    await client.put(f"{KEYS}/openai/key", json={"key": "key-number-one"})
    (old,) = runtime.keyring._secrets
    renewed = Keyring("a-new-secret-of-thirty-two-characters", (old.decode(),))

    async with runtime.database.transaction() as conn:
        assert await reseal(conn, renewed) == 1
        assert await reseal(conn, renewed) == 0

    alone = Configured(runtime.database, lambda: Keyring("a-new-secret-of-thirty-two-characters"))
    assert alone.unseal((await alone.read()).keys["openai"]) == "key-number-one"


async def test_the_first_provider_with_a_key_is_the_default(client: AsyncClient, runtime: Runtime):
    runtime = replace(runtime, settings=Settings(database_url=SecretStr(runtime.database.url)))
    models = Models(runtime.settings, configured=runtime_configured(runtime))
    assert models.default_of(await models.stored_now()) == "offline:writer"

    await client.put(f"{KEYS}/gemini/key", json={"key": "long-enough"})
    assert models.default_of(await models.stored_now()) == "gemini:gemini-3.8-flash"

    await client.put(f"{ALIASES}/default", json={"models": ["offline:writer"]})
    assert models.default_of(await models.stored_now()) == "default"
    assert (await models.route(None)).name == "offline:writer"
    await models.close()


def runtime_configured(runtime: Runtime, fresh: float = FRESH_SECONDS) -> Configured:
    return Configured(runtime.database, lambda: runtime.keyring, fresh=fresh)
