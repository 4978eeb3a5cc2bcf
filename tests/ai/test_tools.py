"""Functions that a model may have called: offered by their annotations, run as steps, told of in the next turn."""

from datetime import date

import pytest
from pydantic import BaseModel
from tests.ai.conftest import Bench
from tests.ai.test_ai import AT_ONCE

from headrace.ai.tools import TURNS_MAX, offers_of
from headrace.context import Job, SyncJob
from headrace.errors import InvalidInput, RetryLater
from headrace.jobs.backoff import Retry
from headrace.testing.provider import FakeProvider

pytestmark = pytest.mark.anyio

ONCE = Retry(attempts=1)
calls: list[str] = []


class Weather(BaseModel):
    degrees: int


async def weather_of(city: str, day: date | None = None) -> Weather:
    """Tell the weather of a city."""
    calls.append(f"{city} {day}")
    return Weather(degrees=len(city))


def people_of(city: str) -> int:
    """Count the people of a city."""
    calls.append(city)
    return 126_000


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


async def test_a_model_has_functions_called_before_it_answers(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=ONCE)
    async def ask(job: Job) -> str:
        return await job.ai.text("How is Ulm?", tools=[weather_of, people_of])

    provider.call_tool("weather_of", {"city": "Ulm", "day": "2026-01-15"})
    provider.call_tool("people_of", {"city": "Ulm"})
    provider.reply("3 degrees, 126,000 people")
    bench.start_worker()
    job = await bench.run(ask)

    assert (job["result"], calls) == ("3 degrees, 126,000 people", ["Ulm 2026-01-15", "Ulm"])
    names = [step["name"] for step in await bench.steps(job["id"])]
    assert names == ["ai.text", "ai.text.weather_of", "ai.text#2", "ai.text.people_of", "ai.text#3"]
    told = provider.requests[-1].body["messages"]
    assert [turn["content"] for turn in told if turn["role"] == "tool"] == ['{"degrees":3}', "126000"]


async def test_a_finished_call_of_a_function_is_never_made_again(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def ask(job: Job) -> str:
        text = await job.ai.text("How is Ulm?", tools=[people_of], key="ulm")
        if job.run == 1:
            raise RetryLater("once more", after=AT_ONCE.first)
        return text

    provider.call_tool("people_of", {"city": "Ulm"})
    provider.reply("Big")
    bench.start_worker()
    job = await bench.run(ask)

    assert (job["result"], job["run"], calls, len(provider.requests)) == ("Big", 2, ["Ulm"], 2)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("people_of", {"city": 7}, "Wrong arguments"),
        ("people_of", {}, "Wrong arguments"),
        ("nothing", {}, "no function"),
    ],
)
async def test_a_wrong_call_is_told_to_the_model(
    *, name: str, arguments: dict[str, object], said: str, bench: Bench, provider: FakeProvider
):
    @bench.app.task(retry=ONCE)
    async def ask(job: Job) -> str:
        return await job.ai.text("How is Ulm?", tools=[people_of])

    provider.call_tool(name, arguments)
    provider.reply("I see")
    bench.start_worker()
    job = await bench.run(ask)

    assert (job["result"], calls) == ("I see", [])
    assert said in provider.requests[-1].body["messages"][-1]["content"]


async def test_a_plain_task_offers_functions_too(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=ONCE)
    def ask(job: SyncJob) -> str:
        return job.ai.text("How is Ulm?", tools=[people_of])

    provider.call_tool("people_of", {"city": "Ulm"})
    provider.reply("Big")
    bench.start_worker()

    assert ((await bench.run(ask))["result"], calls) == ("Big", ["Ulm"])


async def test_a_model_that_only_calls_is_stopped(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def ask(job: Job) -> str:
        return await job.ai.text("How is Ulm?", tools=[people_of])

    for _ in range(TURNS_MAX):
        provider.call_tool("people_of", {"city": "Ulm"})
    bench.start_worker()
    job = await bench.run(ask)

    assert (job["error"]["code"], len(provider.requests)) == ("ai_turns_exhausted", TURNS_MAX)


def test_a_function_is_told_by_its_name_its_docstring_and_its_annotations():
    offer = offers_of([weather_of])["weather_of"]

    assert offer.tool.description == "Tell the weather of a city."
    assert set(offer.tool.parameters["properties"]) == {"city", "day"}
    assert offer.tool.parameters["required"] == ["city"]


@pytest.mark.parametrize("tools", [[lambda city: city], [people_of, people_of], [lambda: 1]])
def test_a_function_that_can_not_be_told_is_refused(tools: list[object]):
    with pytest.raises(InvalidInput):
        offers_of(tools)
