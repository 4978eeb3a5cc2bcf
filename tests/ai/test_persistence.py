"""One place asks again: in place, with the error, of the next model; waits that are named delay the job."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel
from tests.ai import apart
from tests.ai.apart import CHAIN, ONCE, City
from tests.ai.conftest import Bench

from headrace.ai.aliases import Asking
from headrace.app import App
from headrace.context import Job, SyncJob
from headrace.testing.provider import FakeProvider

pytestmark = pytest.mark.anyio


@pytest.fixture
def apps() -> list[App]:
    return [App("asking"), apart.app]


def asking(bench: Bench, model: Asking = None):
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model=model)

    return write


def looking(bench: Bench, model: Asking = None):
    @bench.app.task(retry=ONCE)
    async def look_up(job: Job) -> City:
        return await job.ai.extract("Which city?", City, model=model)

    return look_up


def models_asked(provider: FakeProvider) -> list[str]:
    return [request.model for request in provider.requests]


@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_an_error_that_passes_is_tried_again_within_the_run(status: int, bench: Bench, provider: FakeProvider):
    provider.fail(status)
    provider.reply("Hello")
    write = asking(bench)
    bench.start_worker()

    job = await bench.run(write)

    assert (job["result"], job["run"]) == ("Hello", 1)
    assert [call["state"] for call in await bench.calls(job["id"])] == ["error", "ok"]


async def test_what_was_streamed_before_a_cut_is_void(bench: Bench, provider: FakeProvider):
    provider.cut("Hel")
    provider.reply("Hello")
    write = asking(bench)
    bench.start_worker()

    job = await bench.run(write)

    assert await bench.written(job["id"], "ai.text") == "Hello"


async def test_tries_in_place_are_bounded(bench: Bench, provider: FakeProvider):
    for _ in range(4):
        provider.fail(503)
    write = asking(bench)
    bench.start_worker()

    job = await bench.run(write)

    assert (job["state"], job["error"]["code"]) == ("failed", "ai_provider_failed")
    assert len(provider.requests) == 3


async def test_a_long_wait_that_the_provider_named_delays_the_job_and_costs_no_attempt(
    bench: Bench, provider: FakeProvider
):
    provider.fail(429, retry_after=60)
    write = asking(bench)
    bench.start_worker()
    job_id = await bench.submit(write)

    job = await bench.until(job_id, lambda job: job["state"] == "scheduled")

    assert job["failures"] == 0
    assert job["run_at"] - datetime.now(UTC) > timedelta(seconds=50)
    assert len(provider.requests) == 1


async def test_a_child_process_is_delayed_the_same_way(bench: Bench, provider: FakeProvider):
    provider.fail(429, retry_after=60)
    bench.start_worker()
    job_id = await bench.submit(apart.write_apart)

    job = await bench.until(job_id, lambda job: job["state"] in {"scheduled", "failed"})

    assert (job["state"], job["failures"]) == ("scheduled", 0)


async def test_an_answer_is_repaired_for_a_child_process_too(bench: Bench, provider: FakeProvider):
    provider.reply_json({"name": "Ulm", "people": -4})
    provider.fail(402)
    provider.reply("Fine: {'name': 'Ulm', 'people': 4}")
    bench.start_worker()

    job = await bench.run(apart.look_up_apart)

    assert (job["result"], models_asked(provider)) == ({"name": "Ulm", "people": 4}, ["first", "first", "second"])


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, None), (402, None), (404, None), (429, "insufficient_quota"), (400, "context_length_exceeded")],
)
async def test_what_does_not_heal_is_asked_once(status: int, code: str | None, bench: Bench, provider: FakeProvider):
    provider.fail(status, code=code, retry_after=1)
    write = asking(bench)
    bench.start_worker()

    job = await bench.run(write)

    assert (job["state"], len(provider.requests)) == ("failed", 1)


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 60}, {"status": 402}, {"status": 401}, {"status": 404}]
)
async def test_the_next_model_of_a_chain_answers_for_one_that_can_not(
    fault: dict[str, int], bench: Bench, provider: FakeProvider
):
    provider.fail(**fault)
    provider.reply("Hello")
    write = asking(bench, CHAIN)
    bench.start_worker()

    job = await bench.run(write)

    assert (job["result"], models_asked(provider)) == ("Hello", ["first", "second"])
    assert [call["rung"] for call in await bench.calls(job["id"])] == ["first", "fallback"]


async def test_a_wrong_request_is_not_carried_to_the_next_model(bench: Bench, provider: FakeProvider):
    provider.fail(400, code="invalid_request_error")
    write = asking(bench, CHAIN)
    bench.start_worker()

    job = await bench.run(write)

    assert (job["error"]["code"], models_asked(provider)) == ("ai_request_rejected", ["first"])


async def test_a_chain_that_fails_waits_for_the_model_that_heals_soonest(bench: Bench, provider: FakeProvider):
    provider.fail(402)
    provider.fail(429, retry_after=60)
    write = asking(bench, CHAIN)
    bench.start_worker()
    job_id = await bench.submit(write)

    job = await bench.until(job_id, lambda job: job["state"] in {"scheduled", "failed"})

    assert (job["state"], job["failures"]) == ("scheduled", 0)


@pytest.mark.parametrize(
    "said",
    [
        ("```json\n", '{"name": "Ulm", "people": 1}', "\n```"),
        ("Here you are: ", "{'name': 'Ulm', 'people': 1,}"),
        ('{"name": "Ulm", "people": "1",}',),
    ],
)
async def test_json_that_is_almost_right_is_mended_without_asking_again(
    said: Sequence[str], bench: Bench, provider: FakeProvider
):
    provider.reply(*said)
    look_up = looking(bench)
    bench.start_worker()

    job = await bench.run(look_up)

    assert (job["result"], len(provider.requests)) == ({"name": "Ulm", "people": 1}, 1)
    assert [call["rung"] for call in await bench.calls(job["id"])] == ["mended"]


async def test_an_answer_of_another_shape_is_asked_for_again_with_the_error(bench: Bench, provider: FakeProvider):
    provider.reply_json({"name": "Ulm", "people": -4})
    provider.reply_json({"name": "Ulm", "people": 4})
    look_up = looking(bench)
    bench.start_worker()

    job = await bench.run(look_up)

    assert (job["result"], job["run"]) == ({"name": "Ulm", "people": 4}, 1)
    again = provider.requests[1].body["messages"]
    assert [turn["role"] for turn in again] == ["user", "assistant", "user"]
    assert '"people":-4' in again[1]["content"]
    assert "greater than or equal to 0" in again[2]["content"]
    assert await bench.written(job["id"], "ai.extract") == '{"name":"Ulm","people":4}'


async def test_words_instead_of_json_are_not_mended_into_a_value(bench: Bench, provider: FakeProvider):
    class Wishes(BaseModel):
        wish: str = "none"

    @bench.app.task(retry=ONCE)
    async def look_up(job: Job) -> Wishes:
        return await job.ai.extract("What do they wish?", Wishes)

    for _ in range(3):
        provider.reply("I can't tell {from this}.")
    bench.start_worker()
    job = await bench.run(look_up)

    assert (job["state"], job["error"]["code"]) == ("failed", "ai_malformed_answer")


async def test_a_cut_answer_is_not_mended(bench: Bench, provider: FakeProvider):
    provider.reply('{"name": "Ulm", "people": 1', finish_reason="length")
    look_up = looking(bench)
    bench.start_worker()

    job = await bench.run(look_up)

    assert job["error"]["code"] == "ai_answer_truncated"


async def test_after_its_repairs_a_question_goes_to_the_next_model(bench: Bench, provider: FakeProvider):
    for _ in range(3):
        provider.reply("no idea")
    provider.reply_json({"name": "Ulm", "people": 1})
    look_up = looking(bench, CHAIN)
    bench.start_worker()

    job = await bench.run(look_up)

    assert job["result"] == {"name": "Ulm", "people": 1}
    assert [call["rung"] for call in await bench.calls(job["id"])] == ["first", "again", "again", "fallback"]


async def test_a_plain_function_names_a_chain_with_the_same_words(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=ONCE)
    def write(job: SyncJob) -> str:
        return job.ai.text("Say hello", model=list(CHAIN))

    provider.fail(402)
    provider.reply("Hello")
    bench.start_worker()

    assert (await bench.run(write))["result"] == "Hello"
