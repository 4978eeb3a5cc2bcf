"""What a replay costs is known before it: the ledger has what its steps cost when they ran."""

import pytest
from tests.ai.conftest import Bench

from headrace.context import Job
from headrace.testing.provider import FakeProvider, Tokens

pytestmark = pytest.mark.anyio


async def test_the_preview_estimates_by_what_the_steps_cost_when_they_ran(bench: Bench, provider: FakeProvider, client):
    @bench.app.task
    async def write(job: Job, model: str) -> str:
        first = await job.ai.text("Outline", model="openai:gpt-5", name="outline")
        return first + await job.ai.text("Draft", model=model, name="draft")

    async def run(model: str) -> str:
        provider.reply("one", tokens=Tokens(1_000, 100))
        provider.reply("two", tokens=Tokens(2_000, 200))
        return f"/api/v1/jobs/{(await bench.run(write, model))['id']}/replays"

    async def preview(address: str, step: str) -> dict:
        return (await client.get(f"{address}/preview", params={"from_step": step})).json()

    bench.start_worker()
    address = await run("openai:gpt-5")
    draft = await preview(address, "draft")
    assert [(step["name"], step["kind"], step["ai_calls"]) for step in draft["again"]] == [("draft", "ai", 1)]
    assert draft["estimated_cost_nano_usd"] == 2 * draft["stored"][0]["cost_nano_usd"] > 0
    assert (await preview(address, "outline"))["estimated_cost_nano_usd"] == 3 * draft["stored"][0]["cost_nano_usd"]

    provider.reply("two", tokens=Tokens(2_000, 200))
    again = (await client.post(address, json={"from_step": "draft"})).json()
    await bench.finished(again["id"])
    assert len(provider.requests) == 3
    of_the_replay = await preview(f"/api/v1/jobs/{again['id']}/replays", "outline")
    assert of_the_replay["estimated_cost_nano_usd"] == 3 * draft["stored"][0]["cost_nano_usd"]

    unknown = await preview(await run("openai:nobody-knows-this"), "draft")
    assert (unknown["is_cost_known"], unknown["again"][0]["cost_nano_usd"]) == (False, None)


async def test_the_preview_counts_what_children_cost_and_what_they_called(bench: Bench, provider: FakeProvider, client):
    @bench.app.task
    async def ask(job: Job, levels: int) -> str:
        if levels:
            return (await job.call_many(ask, [levels - 1, 0]))[0]
        return await job.ai.text("Say it", model="openai:gpt-5")

    for _ in range(3):
        provider.reply("it", tokens=Tokens(1_000, 100))
    bench.start_worker()
    job = await bench.run(ask, 2)
    [each] = {call["cost_nano_usd"] for call in (await client.get("/api/v1/ai/calls")).json()["items"]}
    shown = (await client.get(f"/api/v1/jobs/{job['id']}/replays/preview")).json()
    assert [(step["name"], step["kind"]) for step in shown["again"]] == [("ask", "children")]
    assert (shown["estimated_cost_nano_usd"], shown["is_cost_known"]) == (3 * each, True)
