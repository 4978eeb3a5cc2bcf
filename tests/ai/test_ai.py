"""`job.ai` in real jobs: stored once, streamed, and priced."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import BaseModel, Field
from tests.ai.conftest import Bench

from headrace.ai.models import Models
from headrace.ai.offline import LABEL, MARK, Offline
from headrace.ai.provider import Answer, Chunk, Request
from headrace.context import Job, SyncJob
from headrace.errors import RetryLater
from headrace.jobs.backoff import Retry
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio

AT_ONCE = Retry(attempts=3, first=timedelta(0), longest=timedelta(0))


class City(BaseModel):
    name: str
    people: int = Field(ge=0)


async def test_text_is_the_providers_answer_and_a_stored_step(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    provider.reply("Hello ", "there", tokens=Tokens(1_000, 100, 400, 30))
    bench.start_worker()
    job = await bench.run(write)

    assert job["result"] == "Hello there"
    (step,) = await bench.steps(job["id"])
    assert step["name"] == "ai.text"
    assert step["result"]["value"] == "Hello there"
    assert (step["result"]["model"], step["result"]["offline"]) == ("openai:fake-model", False)
    assert step["result"]["usage"] == {
        "input": 1_000,
        "output": 100,
        "cached": 400,
        "reasoning": 30,
        "estimated": False,
    }


async def test_text_is_streamed_into_the_job_while_it_is_written(bench: Bench, provider: FakeProvider):
    gate = Gate()

    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    provider.reply("Hello ", gate, "there")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()

    await bench.until_written(job_id, "ai.text", "Hello ")
    gate.open()
    await bench.finished(job_id)
    assert await bench.written(job_id, "ai.text") == "Hello there"


class Torrent(Offline):
    """Answers with many chunks that are all there at once, and counts how often others had their turn meanwhile."""

    turns = 0

    async def stream(self, model: str, _request: Request) -> AsyncGenerator[Chunk | Answer]:
        counting = asyncio.create_task(self._count())
        await asyncio.sleep(0)
        for _ in range(500):
            yield Chunk("x")
        counting.cancel()
        yield Answer("x" * 500, model)

    async def _count(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


async def test_a_long_answer_that_comes_at_once_lets_others_have_their_turn(bench: Bench):
    """Else a thousand such answers hold up the loop of their worker for minutes, and it is ended as one that hangs."""

    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Write", model="offline:writer")

    torrent = Torrent()
    runtime = replace(bench.runtime, models=Models(bench.runtime.settings, {"offline": torrent}))
    replace(bench, runtime=runtime).start_worker()
    assert len((await bench.run(write))["result"]) == 500
    assert torrent.turns >= 500


async def test_extract_returns_a_value_of_the_type(bench: Bench, provider: FakeProvider):
    seen: list[object] = []

    @bench.app.task
    async def look_up(job: Job) -> City:
        city = await job.ai.extract("Which city?", City)
        seen.append(city)
        return city

    provider.reply_json({"name": "Ulm", "people": 126_000})
    bench.start_worker()
    job = await bench.run(look_up)

    assert seen == [City(name="Ulm", people=126_000)]
    assert job["result"] == {"name": "Ulm", "people": 126_000}


async def test_extract_takes_types_that_are_no_object(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def look_up(job: Job) -> list[City]:
        return await job.ai.extract("Which cities?", list[City])

    provider.reply_json({"value": [{"name": "Ulm", "people": 126_000}]})
    bench.start_worker()
    job = await bench.run(look_up)

    assert job["result"] == [{"name": "Ulm", "people": 126_000}]


async def test_a_finished_call_is_never_made_again(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        city = await job.ai.extract("Which city?", City)
        if job.run == 1:
            raise RetryLater("once more", after=timedelta(0))
        return f"{city.name}, {city.people}"

    provider.reply_json({"name": "Ulm", "people": 126_000})
    bench.start_worker()
    job = await bench.run(write)

    assert (job["result"], job["run"]) == ("Ulm, 126000", 2)
    assert len(provider.requests) == 1
    assert len(await bench.calls(job["id"])) == 1


async def test_a_finished_call_stays_valid_when_the_default_model_changes(bench: Bench, provider: FakeProvider):
    changed = bench.runtime.settings.model_copy(update={"ai_model": "offline:writer"})

    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        text = await job.ai.text("Say hello")
        if job.run == 1:
            bench.runtime.models._settings = changed
            raise RetryLater("once more", after=timedelta(0))
        return text

    provider.reply("Hello")
    bench.start_worker()
    job = await bench.run(write)

    assert job["result"] == "Hello"


async def test_calls_side_by_side_have_a_key_each(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> list[str]:
        return [await job.ai.text(f"Say {word}", key=word) for word in ("one", "two")]

    bench.start_worker()
    job = await bench.run(write)

    assert job["result"] == ["This is a fake answer to: Say one", "This is a fake answer to: Say two"]
    assert len({step["name"] for step in await bench.steps(job["id"])}) == 2


async def test_a_plain_function_asks_with_the_same_words(bench: Bench, provider: FakeProvider):
    @bench.app.task
    def write(job: SyncJob) -> str:
        city = job.ai.extract("Which city?", City, name="city")
        return city.name + job.ai.text("Say hello", system="Be brief")

    provider.reply_json({"name": "Ulm", "people": 126_000})
    provider.reply(": hello")
    bench.start_worker()
    job = await bench.run(write)

    assert job["result"] == "Ulm: hello"
    assert [request.system for request in provider.requests] == ["", "Be brief"]


async def test_a_call_is_in_the_ledger_with_its_tokens_and_its_price(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="openai:gpt-5")

    provider.reply("Hello", tokens=Tokens(1_000, 100, 500, 30))
    bench.start_worker()
    job = await bench.run(write)

    (call,) = await bench.calls(job["id"])
    assert (call["state"], call["provider"], call["model"], call["step"]) == ("ok", "openai", "gpt-5", "ai.text")
    assert (call["input_tokens"], call["output_tokens"]) == (1_000, 100)
    assert (call["cached_tokens"], call["reasoning_tokens"]) == (500, 30)
    # gpt-5: $1.25 a million in, a tenth of that cached, $10 out
    price = Decimal(500) * Decimal("1.25") + Decimal(500) * Decimal("0.125") + Decimal(100) * 10
    assert call["cost_nano_usd"] == price * 1_000
    assert (call["run"], call["finish_reason"], call["error_code"]) == (1, "stop", None)
    assert call["first_token_ms"] >= 0
    assert call["finished_at"] >= call["started_at"]


async def test_the_price_of_an_unknown_model_is_unknown_not_nothing(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="openai:nobody-knows-this")

    bench.start_worker()
    job = await bench.run(write)

    (call,) = await bench.calls(job["id"])
    assert (call["state"], call["cost_nano_usd"]) == ("ok", None)


async def test_a_call_is_in_the_ledger_before_the_provider_is_asked(bench: Bench, provider: FakeProvider):
    gate = Gate()

    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    provider.reply(gate, "Hello")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()

    (call,) = await bench.calls(job_id)
    gate.open()
    await bench.finished(job_id)
    assert (call["state"], call["finished_at"]) == ("open", None)


async def test_no_database_connection_is_held_while_the_provider_answers(bench: Bench, provider: FakeProvider):
    gate = Gate()

    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    bench.start_worker()
    for _ in range(6):  # more calls than the process has connections
        provider.reply(gate, "Hello")
    job_ids = [await bench.submit(write) for _ in range(6)]
    for job_id in job_ids:
        await bench.until(job_id, lambda job: job["state"] == "running")

    gate.open()
    assert {(await bench.finished(job_id))["state"] for job_id in job_ids} == {"completed"}


async def test_the_offline_writer_says_so_and_costs_nothing(bench: Bench):
    class Note(BaseModel):
        title: str

    @bench.app.task
    async def write(job: Job) -> tuple[str, str]:
        note = await job.ai.extract("Outline an article on tea", Note, model="offline:writer")
        return await job.ai.text("Write about tea", model="offline:writer"), note.title

    bench.start_worker()
    job = await bench.run(write)

    text, title = job["result"]
    assert text.startswith(LABEL)
    assert title.endswith(MARK)
    assert [step["result"]["offline"] for step in await bench.steps(job["id"])] == [True, True]
    assert [(call["model"], call["cost_nano_usd"]) for call in await bench.calls(job["id"])] == [("writer", 0)] * 2
