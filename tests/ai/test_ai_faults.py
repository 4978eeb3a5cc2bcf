"""What becomes of a call that a provider refuses, cuts or answers badly, and of one whose job is cancelled."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import BaseModel, Field
from tests.ai.conftest import Bench, poll

from headrace.ai.errors import MalformedAnswer
from headrace.ai.persistence import REPAIRS
from headrace.context import Job
from headrace.jobs.backoff import Retry
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio

AT_ONCE = Retry(attempts=3, first=timedelta(0), longest=timedelta(0))


class City(BaseModel):
    name: str
    people: int = Field(ge=0)


async def test_a_rate_limited_call_is_tried_again_no_sooner_than_asked(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    provider.fail(429, retry_after=1)
    provider.reply("Hello")
    bench.start_worker()
    job = await bench.run(write)

    first, second = await bench.calls(job["id"])
    assert job["result"] == "Hello"
    assert second["started_at"] - first["finished_at"] >= timedelta(seconds=1)
    assert (first["state"], first["error_code"], first["input_tokens"]) == ("error", "ai_rate_limited", None)


async def test_a_spent_account_fails_the_job_at_once(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello")

    provider.fail(429, code="insufficient_quota", retry_after=1)
    bench.start_worker()
    job = await bench.run(write)

    assert (job["state"], job["error"]["code"]) == ("failed", "ai_spend_limit_reached")
    assert len(provider.requests) == 1


async def test_a_cut_call_is_billed_by_estimate_and_made_again(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="openai:gpt-5")

    provider.cut("Hel")
    provider.reply("Hello")
    bench.start_worker()
    job = await bench.run(write)

    first, _ = await bench.calls(job["id"])
    assert job["result"] == "Hello"
    assert (first["state"], first["error_code"]) == ("error", "ai_stream_cut")
    assert (first["input_tokens"], first["output_tokens"]) == (3, 1)
    assert first["cost_nano_usd"] > 0


async def test_a_malformed_answer_is_billed_and_its_text_kept(bench: Bench, provider: FakeProvider):
    raised: list[MalformedAnswer] = []

    @bench.app.task(retry=AT_ONCE)
    async def look_up(job: Job) -> City:
        try:
            return await job.ai.extract("Which city?", City)
        except MalformedAnswer as error:
            raised.append(error)
            raise

    for _ in range(1 + REPAIRS):
        provider.reply('{"name": "Ulm", ', '"people": -4}', tokens=Tokens(20, 10))
    bench.start_worker()
    job = await bench.run(look_up)

    assert (job["state"], job["error"]["code"]) == ("failed", "ai_malformed_answer")
    assert "people" in job["error"]["message"]
    assert raised[0].raw == '{"name": "Ulm", "people": -4}'
    assert await bench.written(job["id"], "ai.extract") == raised[0].raw
    calls = await bench.calls(job["id"])
    assert {(call["state"], call["error_code"], call["output_tokens"]) for call in calls} == {
        ("error", "ai_malformed_answer", 10)
    }


async def test_a_structured_answer_cut_at_its_limit_says_what_to_raise(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def look_up(job: Job) -> City:
        return await job.ai.extract("Which city?", City, max_output_tokens=3)

    provider.reply('{"name": "U', finish_reason="length")
    bench.start_worker()
    job = await bench.run(look_up)

    assert job["error"]["code"] == "ai_answer_truncated"
    assert "max_output_tokens" in job["error"]["message"]
    assert len(provider.requests) == 1


async def test_a_cancelled_job_hangs_up_and_settles_its_call(bench: Bench, provider: FakeProvider):
    gate = Gate()

    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="openai:gpt-5")

    provider.reply("Hello ", gate, "there")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()
    await bench.until_written(job_id, "ai.text", "Hello ")
    await bench.cancel(job_id)

    await provider.hung_up(patience=3)
    assert (await bench.finished(job_id))["state"] == "cancelled"
    (call,) = await bench.calls(job_id)
    assert (call["state"], call["error_code"]) == ("error", "cancelled")
    assert (call["input_tokens"], call["output_tokens"]) == (3, 2)
    assert call["cost_nano_usd"] > 0


async def test_a_call_cancelled_twice_is_settled_all_the_same(bench: Bench, provider: FakeProvider):
    gate, calls = Gate(), list[asyncio.Task[str]]()

    @bench.app.task
    async def write(job: Job) -> str:
        calls.append(asyncio.create_task(job.ai.text("Say hello")))
        await asyncio.wait(calls)
        return "over"

    provider.reply("Hello ", gate)
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()

    async with bench.runtime.database.transaction() as conn:
        await conn.execute("SELECT FROM headrace.ai_calls WHERE job_id = %s FOR UPDATE", (job_id,))
        calls[0].cancel()
        await bench.until_blocked()
        calls[0].cancel()
        await asyncio.wait(calls)

    await poll(lambda: bench.calls(job_id), lambda rows: rows[0]["error_code"] == "cancelled")
    await bench.finished(job_id)


async def test_an_unknown_model_fails_the_job_and_names_the_providers(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=AT_ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model="gpt-5")

    bench.start_worker()
    job = await bench.run(write)

    assert (job["error"]["code"], job["run"]) == ("ai_unknown_model", 1)
    assert "offline, ollama, openai" in job["error"]["message"]
    assert await bench.calls(job["id"]) == []
