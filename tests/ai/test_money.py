"""Jobs under limits and budgets: they wait without a worker or rest, at no cost of an attempt, and then go on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.ai.conftest import Bench, poll

from headrace.ai.affording import release_affordable
from headrace.ai.budget import Period
from headrace.ai.budgets import set_budgets, show_budget
from headrace.ai.ledger import Terms, ledger_of
from headrace.ai.limits import add_limits, set_limit
from headrace.context import Job, SyncJob
from headrace.jobs.show import list_events
from headrace.jobs.task import Task
from headrace.testing.provider import FakeProvider, Gate, Tokens

pytestmark = pytest.mark.anyio

MODEL = "openai:gpt-5"
DOLLAR = 10**9


def writer(bench: Bench) -> Task[None, str]:
    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model=MODEL)

    return write


def plain_writer(bench: Bench) -> Task[None, str]:
    @bench.app.task
    def write(job: SyncJob) -> str:
        return job.ai.text("Say hello", model=MODEL)

    return write


async def allow(bench: Bench, limit: int | None, scope: str = "installation") -> None:
    async with bench.runtime.database.transaction() as conn:
        await set_budgets(conn, scope, {Period.DAY: limit})
    async with bench.runtime.database.transaction() as conn:
        await release_affordable(conn)


async def parked(bench: Bench, job_id: Any) -> dict[str, Any]:
    return await bench.until(job_id, lambda job: job["state"] in {"waiting", "failed", "completed"})


async def test_a_job_waits_for_money_without_a_worker_and_goes_on_when_there_is_some(
    bench: Bench, provider: FakeProvider
):
    write = writer(bench)

    await allow(bench, 0)
    bench.start_worker()
    job_id = await bench.submit(write)
    waiting = await parked(bench, job_id)
    assert (waiting["state"], waiting["failures"], provider.requests) == ("waiting", 0, [])

    provider.reply("Hello", tokens=Tokens(100, 10))
    await allow(bench, DOLLAR)
    job = await bench.finished(job_id)
    assert (job["result"], job["failures"], job["cost_nano_usd"]) == ("Hello", 0, 225_000)
    async with bench.runtime.database.connection() as conn:
        waits = [e["data"] for e in await list_events(conn, job_id, after=0, limit=99) if e["type"] == "wait"]
        left = (await show_budget(conn, "installation"))[Period.DAY].left_nano_usd
    assert [wait["kind"] for wait in waits] == ["budget", "budget"]
    assert left == DOLLAR - 225_000


async def test_a_lifted_budget_lets_jobs_go_on(bench: Bench, provider: FakeProvider):
    write = writer(bench)

    await allow(bench, 0, "task:asking.write")
    bench.start_worker()
    job_id = await bench.submit(write)
    await parked(bench, job_id)
    await allow(bench, None, "task:asking.write")
    assert (await bench.finished(job_id))["state"] == "completed"


async def test_a_job_whose_patience_is_over_fails(bench: Bench, provider: FakeProvider):
    write = writer(bench)

    ledger_of(bench.runtime.database).terms = Terms(budget_patience=timedelta(0))
    await allow(bench, 1_000_000)
    bench.start_worker()
    job = await bench.run(write)
    assert (job["error"]["code"], job["failures"], provider.requests) == ("budget_exceeded", 1, [])
    assert "The budget of installation for the day ($0.001) has $0.001 left" in job["error"]["message"]


async def test_patience_counts_from_the_first_wait_for_money(bench: Bench, provider: FakeProvider):
    write = writer(bench)

    await allow(bench, 0)
    bench.start_worker()
    job_id = await bench.submit(write)
    await parked(bench, job_id)
    async with bench.runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.ai_budget_waits SET since = since - interval '40 days'")
        await conn.execute("UPDATE headrace.waits SET due_at = now()")
    assert (await bench.finished(job_id))["error"]["code"] == "budget_exceeded"


async def test_steps_beside_a_call_without_money_are_finished_first(bench: Bench, provider: FakeProvider):
    gate = Gate()

    @bench.app.task
    async def write(job: Job) -> list[str]:
        return await asyncio.gather(
            job.ai.text("Say free", model="openai:unpriced", key="free"),
            job.ai.text("Say dear", model=MODEL, key="dear"),
        )

    await allow(bench, 0)
    provider.reply(gate, "free")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()
    gate.open()
    assert (await parked(bench, job_id))["state"] == "waiting"
    assert [step["name"] for step in await bench.steps(job_id)] == ["ai.text[free]"]

    provider.reply("dear")
    await allow(bench, DOLLAR)
    assert (await bench.finished(job_id))["result"] == ["free", "dear"]
    assert len(provider.requests) == 2


async def test_a_plain_function_waits_for_money_too(bench: Bench, provider: FakeProvider):
    write = plain_writer(bench)

    await allow(bench, 0)
    bench.start_worker()
    job_id = await bench.submit(write)
    assert (await parked(bench, job_id))["state"] == "waiting"
    provider.reply("Hello")
    await allow(bench, DOLLAR)
    assert (await bench.finished(job_id))["result"] == "Hello"


async def test_a_call_within_another_step_rests_instead_of_parking(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> str:
        async def whole() -> str:
            return await job.ai.text("Say hello", model=MODEL)

        return await job.step("whole", whole)

    await allow(bench, 0)
    bench.start_worker()
    job_id = await bench.submit(write)
    job = await bench.until(job_id, lambda job: job["state"] == "scheduled")
    assert job["failures"] == 0


async def test_a_job_may_be_cancelled_while_it_waits_for_money(bench: Bench, provider: FakeProvider):
    write = writer(bench)

    await allow(bench, 0)
    bench.start_worker()
    job_id = await bench.submit(write)
    await parked(bench, job_id)
    await bench.cancel(job_id)
    job = await bench.finished(job_id)
    assert (job["state"], job["cancellation"]["billed_nano_usd"]) == ("cancelled", 0)


async def test_a_long_wait_for_a_limit_gives_the_slot_back_at_no_cost(bench: Bench, provider: FakeProvider):
    write = writer(bench)

    async with bench.runtime.database.connection() as conn:
        await add_limits(conn, [MODEL])
        await conn.execute("UPDATE headrace.ai_limits SET held_until = now() + interval '5 minutes'")
    bench.start_worker()
    job_id = await bench.submit(write)
    job = await bench.until(job_id, lambda job: job["state"] == "scheduled")
    assert (job["failures"], provider.requests) == (0, [])
    assert timedelta(minutes=2) < job["run_at"] - job["started_at"] < timedelta(minutes=6)


async def test_a_full_limit_passes_to_the_next_model_of_a_chain(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", model=[MODEL, "openai:gpt-5-mini"])

    async with bench.runtime.database.connection() as conn:
        await add_limits(conn, [MODEL])
        await conn.execute("UPDATE headrace.ai_limits SET held_until = now() + interval '5 minutes'")
    bench.start_worker()
    job = await bench.run(write)
    assert job["state"] == "completed"
    assert [call["model"] for call in await bench.calls(job["id"])] == ["gpt-5-mini"]


async def test_a_short_wait_for_a_limit_passes_in_place(bench: Bench, provider: FakeProvider):
    gate = Gate()

    write = writer(bench)

    async with bench.runtime.database.transaction() as conn:
        await set_limit(conn, MODEL, concurrency=1)
    provider.reply(gate, "first")
    provider.reply("second")
    bench.start_worker()
    first = await bench.submit(write)
    await gate.reached()
    second = await bench.submit(write)
    await bench.until(second, lambda job: job["state"] == "running")
    assert len(provider.requests) == 1
    gate.open()
    jobs = [await bench.finished(job_id) for job_id in (first, second)]
    assert [job["result"] for job in jobs] == ["first", "second"]
    calls = [(await bench.calls(job["id"]))[0] for job in jobs]
    assert calls[1]["started_at"] >= calls[0]["finished_at"]


async def test_the_receipt_of_a_cancel_says_what_was_billed(bench: Bench, provider: FakeProvider):
    gate = Gate()

    write = writer(bench)

    provider.reply("Hello ", gate, "there")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()
    await bench.until_written(job_id, "ai.text", "Hello ")
    await bench.cancel(job_id)
    job = await bench.finished(job_id)
    (call,) = await bench.calls(job_id)
    assert 0 < job["cancellation"]["billed_nano_usd"] == call["cost_nano_usd"] == job["cost_nano_usd"]


async def test_the_receipt_of_a_threads_cancel_says_what_was_billed(bench: Bench, provider: FakeProvider):
    gate = Gate()

    write = plain_writer(bench)

    provider.reply("Hello ", gate, "there")
    bench.start_worker()
    job_id = await bench.submit(write)
    await gate.reached()
    await bench.until_written(job_id, "ai.text", "Hello ")
    await bench.cancel(job_id)
    await bench.finished(job_id)
    (call,) = await poll(lambda: bench.calls(job_id), lambda calls: calls[0]["state"] == "error")
    job = await bench.finished(job_id)
    assert 0 < job["cancellation"]["billed_nano_usd"] == call["cost_nano_usd"]


async def test_output_is_bounded_wherever_it_costs_money(bench: Bench, provider: FakeProvider):
    @bench.app.task
    async def write(job: Job) -> None:
        await job.ai.text("one", model=MODEL)
        await job.ai.text("two", model=MODEL, max_output_tokens=7)
        await job.ai.text("three", model="openai:unpriced")

    bench.start_worker()
    job = await bench.run(write)
    calls = await bench.calls(job["id"])
    assert [call["reserved_output_tokens"] for call in calls] == [16_384, 7, 16_384]
    assert [call["reserved_nano_usd"] is None for call in calls] == [False, False, True]
    assert all(call["reserved_nano_usd"] >= call["cost_nano_usd"] for call in calls[:2])
    assert [request.body.get("max_tokens") for request in provider.requests] == [16_384, 7, None]


async def test_a_job_is_told_what_it_and_its_children_have_spent(bench: Bench, provider: FakeProvider):
    for _ in range(2):
        provider.reply("Hello", tokens=Tokens(input=1_000, output=500))

    @bench.app.task
    def child(job: SyncJob) -> int:
        job.ai.text("Say hello", model=MODEL)
        return job.ai.spent()

    @bench.app.task
    async def parent(job: Job) -> tuple[int, int, int]:
        before = await job.ai.spent(name="before")
        await job.ai.text("Say hello", model=MODEL)
        return before, await job.call(child), await job.ai.spent()

    bench.start_worker()
    before, of_child, after = (await bench.run(parent))["result"]
    async with bench.runtime.database.connection() as conn:
        cursor = await conn.execute("SELECT cost_nano_usd FROM headrace.ai_calls")
        costs = [row[0] for row in await cursor.fetchall()]
    assert before == 0
    assert [of_child, after] == [costs[0], sum(costs)]
    assert costs[0] == costs[1] > 0
