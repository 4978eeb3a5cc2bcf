"""A call that allows it takes what an equal call of its owner was answered: nobody is asked, and nothing is paid."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import pytest
from httpx import AsyncClient
from psycopg.rows import dict_row
from pydantic import AfterValidator, BaseModel
from tests.ai import apart
from tests.ai.apart import CHAIN, ONCE, City
from tests.ai.conftest import Bench

from headrace.ai.budget import Period
from headrace.ai.budgets import set_budgets
from headrace.ai.cache import AGE_MAX, TEXT_BYTES_MAX
from headrace.ai.upkeep import forget_answers
from headrace.app import App
from headrace.context import Job
from headrace.db.query import query
from headrace.ids import new_id
from headrace.jobs.backoff import Retry
from headrace.jobs.task import Task
from headrace.testing.provider import FakeProvider, Tokens

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
MODEL = "openai:gpt-5"


@pytest.fixture
def apps() -> list[App]:
    return [App("asking"), apart.app]


def degrees() -> float:
    """Measure."""
    return 3.5


def writer(bench: Bench, **options: Any) -> Task[Any, Any]:
    @bench.app.task(retry=ONCE)
    async def write(job: Job) -> str:
        return await job.ai.text("Say hello", **{"model": MODEL, "cache": HOUR, **options})

    return write


def hasty_writer(bench: Bench) -> Task[Any, Any]:
    @bench.app.task(retry=ONCE)
    async def write_hastily(job: Job) -> str:
        return await job.ai.text("Say hello", model=MODEL, cache=HOUR)

    return write_hastily


async def run(bench: Bench, task: Task[Any, Any], owner: str | None = None, value: object = None) -> dict[str, Any]:
    async with bench.runtime.database.transaction() as conn:
        submitted = await task.submit(conn, value, owner=owner)
    return await bench.finished(submitted.id)


async def rows(bench: Bench, sql: str, *params: object) -> list[dict[str, Any]]:
    async with bench.runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql, params)  # type: ignore[call-overload]  # a test's own SQL
        return await cursor.fetchall() if cursor.description else []


async def age(bench: Bench, by: timedelta) -> None:
    await rows(
        bench, "UPDATE headrace.ai_answers SET answered_at = answered_at - %s, expires_at = expires_at - %s", by, by
    )


async def test_an_equal_call_is_answered_by_what_was_said_and_costs_nothing(bench: Bench, provider: FakeProvider):
    provider.reply("Hel", "lo", tokens=Tokens(100, 10))
    write = writer(bench)
    bench.start_worker()

    asked, recalled = await run(bench, write), await run(bench, write)

    assert (asked["result"], recalled["result"], len(provider.requests)) == ("Hello", "Hello", 1)
    assert (asked["cost_nano_usd"], recalled["cost_nano_usd"], recalled["input_tokens"]) == (225_000, 0, 0)
    assert await bench.written(recalled["id"], "ai.text") == "Hello"
    [step] = await bench.steps(recalled["id"])
    assert (step["result"]["cost_nano_usd"], step["result"]["model"]) == (0, "openai:gpt-5")


async def test_the_ledger_shows_a_call_that_nobody_was_asked(bench: Bench, provider: FakeProvider, client: AsyncClient):
    provider.reply("Hello", tokens=Tokens(100, 10))
    write = writer(bench)
    bench.start_worker()
    first, second = await run(bench, write, "ann"), await run(bench, write, "ann")

    [asked] = (await client.get(f"/api/v1/jobs/{first['id']}/ai-calls")).json()["items"]
    [recalled] = (await client.get(f"/api/v1/jobs/{second['id']}/ai-calls")).json()["items"]

    assert (asked["is_cached"], asked["cost_nano_usd"]) == (False, 225_000)
    assert (recalled["is_cached"], recalled["state"], recalled["step"]) == (True, "ok", "ai.text")
    assert (recalled["cost_nano_usd"], recalled["reserved_nano_usd"], recalled["output_tokens"]) == (0, 0, 0)
    assert (recalled["owner"], recalled["finish_reason"], recalled["answered_by"]) == ("ann", "stop", "gpt-5")
    for by in ("owner", "model", "task"):
        [spent] = (await client.get("/api/v1/ai/spend", params={"by": by})).json()["items"]
        assert (spent["calls"], spent["cached"], spent["cost_nano_usd"]) == (2, 1, 225_000)
    measured = (await client.get("/metrics")).text
    for outcome in ("ok", "cached"):
        assert f'headrace_ai_calls_total{{model="gpt-5",outcome="{outcome}",provider="openai"}} 1.0' in measured


async def test_a_structured_answer_is_kept_as_it_was_said_after_its_repairs(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=ONCE)
    async def look_up(job: Job) -> City:
        return await job.ai.extract("Which city?", City, cache=HOUR)

    provider.reply_json({"name": "Ulm", "people": -4})
    provider.reply("Fine: {'name': 'Ulm', 'people': 4}")
    bench.start_worker()

    jobs = [await run(bench, look_up) for _ in range(2)]

    assert [job["result"] for job in jobs] == [{"name": "Ulm", "people": 4}] * 2
    assert len(provider.requests) == 2
    assert [call["is_cached"] for call in await bench.calls(jobs[1]["id"])] == [True]


async def test_a_kept_answer_that_does_not_fit_any_more_is_asked_for_anew(bench: Bench, provider: FakeProvider):
    least = 0

    def enough(number: int) -> int:
        if number < least:
            raise ValueError("too small")
        return number

    class Town(BaseModel):
        people: Annotated[int, AfterValidator(enough)]

    @bench.app.task(retry=ONCE)
    async def look_up(job: Job) -> Town:
        return await job.ai.extract("Which town?", Town, cache=HOUR)

    provider.reply_json({"people": 1})
    provider.reply_json({"people": 10})
    bench.start_worker()
    await run(bench, look_up)
    least = 5

    assert [(await run(bench, look_up))["result"]["people"] for _ in range(2)] == [10, 10]
    assert len(provider.requests) == 2


async def test_every_owner_has_answers_of_their_own(bench: Bench, provider: FakeProvider):
    write = writer(bench)
    bench.start_worker()

    asked = []
    for owner in ("ann", "bob", None, "ann", "bob", None):
        await run(bench, write, owner)
        asked.append(len(provider.requests))

    assert asked == [1, 2, 3, 3, 3, 3]


async def test_another_question_is_another_answer(bench: Bench, provider: FakeProvider):
    class Town(BaseModel):
        name: str

    asks: list[Callable[[Job], Any]] = [
        lambda job: job.ai.text("Say hello", cache=HOUR),
        lambda job: job.ai.text("Say it", cache=HOUR),
        lambda job: job.ai.text("Say hello", cache=HOUR, system="Be brief."),
        lambda job: job.ai.text("Say hello", cache=HOUR, temperature=0.5),
        lambda job: job.ai.text("Say hello", cache=HOUR, max_output_tokens=9),
        lambda job: job.ai.text("Say hello", cache=HOUR, model="openai:other"),
        lambda job: job.ai.extract("Say hello", City, cache=HOUR),
        lambda job: job.ai.extract("Say hello", Town, cache=HOUR),
    ]

    @bench.app.task(retry=ONCE)
    async def ask(job: Job, which: int) -> None:
        await asks[which](job)

    for _ in asks[:-2]:
        provider.reply("Hello")
    for _ in asks[-2:]:
        provider.reply_json({"name": "Ulm", "people": 4})
    bench.start_worker()

    for again in range(2):
        for which in range(len(asks)):
            assert (await run(bench, ask, value=which))["state"] == "completed"
            assert len(provider.requests) == (len(asks) if again else which + 1)


async def test_what_is_not_part_of_the_question_does_not_tell_calls_apart(bench: Bench, provider: FakeProvider):
    first = writer(bench)

    @bench.app.task
    async def other(job: Job) -> str:
        return await job.ai.text("Say hello", model=[MODEL], name="greet", silence=HOUR, cache=2 * HOUR)

    bench.start_worker()
    await run(bench, first)
    await run(bench, other)

    assert len(provider.requests) == 1


async def test_an_answer_that_is_too_old_for_the_call_is_asked_for_anew(bench: Bench, provider: FakeProvider):
    for text in ("one", "two"):
        provider.reply(text)
    long, short = writer(bench, cache=2 * HOUR), hasty_writer(bench)
    bench.start_worker()
    await run(bench, long)
    await age(bench, timedelta(minutes=90))

    assert [(await run(bench, task))["result"] for task in (long, short, short, long)] == ["one", "two", "two", "two"]
    assert len(provider.requests) == 2


async def test_an_answer_is_kept_no_longer_than_the_call_that_got_it_said(bench: Bench, provider: FakeProvider):
    short = hasty_writer(bench)
    long = writer(bench, cache=2 * HOUR)
    bench.start_worker()
    await run(bench, short)
    await age(bench, timedelta(minutes=90))
    await run(bench, long)

    assert len(provider.requests) == 2


async def test_a_call_without_a_cache_asks_and_keeps_nothing(bench: Bench, provider: FakeProvider):
    write = writer(bench, cache=None)
    bench.start_worker()

    for _ in range(2):
        assert not (await bench.calls((await run(bench, write))["id"]))[0]["is_cached"]

    assert len(provider.requests) == 2
    assert await rows(bench, "SELECT * FROM headrace.ai_answers") == []


async def test_errors_are_not_kept(bench: Bench, provider: FakeProvider):
    provider.fail(400, code="invalid_request_error")
    provider.refuse()
    provider.reply("Hello")
    write = writer(bench)
    bench.start_worker()

    assert [(await run(bench, write))["state"] for _ in range(3)] == ["failed", "failed", "completed"]
    assert len(provider.requests) == 3


async def test_an_answer_that_is_too_long_is_not_kept(bench: Bench, provider: FakeProvider):
    provider.reply("a" * TEXT_BYTES_MAX)
    provider.reply("ä" * (TEXT_BYTES_MAX // 2 + 1))
    kept, not_kept = writer(bench), hasty_writer(bench)
    bench.start_worker()

    await run(bench, kept, "ann")
    await run(bench, not_kept, "bob")

    assert len(await rows(bench, "SELECT * FROM headrace.ai_answers")) == 1


async def test_neither_budgets_nor_limits_are_asked(bench: Bench, provider: FakeProvider, client: AsyncClient):
    provider.reply("Hello", tokens=Tokens(100, 10))
    write = writer(bench)
    await client.put("/api/v1/ai/limits/openai", json={"requests_per_minute": 1})
    bench.start_worker()
    await run(bench, write)
    async with bench.runtime.database.transaction() as conn:
        await set_budgets(conn, "installation", {Period.DAY: 0})

    assert (await run(bench, write))["result"] == "Hello"
    day = (await client.get("/api/v1/ai/budgets")).json()["items"][0]["day"]
    assert (day["spent_nano_usd"], day["reserved_nano_usd"]) == (225_000, 0)
    [limit] = (await client.get("/api/v1/ai/limits")).json()
    assert (limit["requests"], limit["in_use"]) == (1, 0)


async def test_each_model_of_a_chain_has_answers_of_its_own(bench: Bench, provider: FakeProvider):
    write = writer(bench, model=CHAIN)
    provider.fail(402)
    provider.reply("from the second")
    provider.fail(402)
    provider.reply("from the first")
    bench.start_worker()

    told = [(await run(bench, write))["result"] for _ in range(4)]

    assert told == ["from the second", "from the second", "from the first", "from the first"]
    assert [request.model for request in provider.requests] == ["first", "second", "first", "first"]


async def test_a_finished_step_answers_before_the_cache(bench: Bench, provider: FakeProvider):
    @bench.app.task(retry=Retry(attempts=2, first=timedelta(0)))
    async def write(job: Job) -> str:
        text = await job.ai.text("Say hello", cache=HOUR)
        if job.run == 1:
            raise RuntimeError("later")
        return text

    bench.start_worker()
    job = await run(bench, write)

    assert (job["state"], job["run"], len(await bench.calls(job["id"]))) == ("completed", 2, 1)


async def test_a_task_in_a_process_of_its_own_has_the_same_cache(bench: Bench, provider: FakeProvider):
    provider.reply_json({"name": "Ulm", "people": 4})
    bench.start_worker()

    jobs = [await run(bench, apart.look_up_once) for _ in range(2)]

    assert [job["result"] for job in jobs] == [{"name": "Ulm", "people": 4}] * 2
    assert len(provider.requests) == 1
    assert await bench.written(jobs[1]["id"], "ai.extract") == '{"name":"Ulm","people":4}'


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cache": timedelta(0)}, "at most 30 days"),
        ({"cache": AGE_MAX + timedelta(seconds=1)}, "at most 30 days"),
        ({"tools": [degrees]}, "takes no cache"),
    ],
)
async def test_what_nothing_can_be_kept_for_is_refused(
    options: dict[str, Any], said: str, bench: Bench, provider: FakeProvider
):
    write = writer(bench, **options)
    bench.start_worker()
    job = await run(bench, write)

    assert (job["state"], job["error"]["code"]) == ("failed", "invalid_input")
    assert said in job["error"]["message"]
    assert provider.requests == []


async def test_the_table_tells_neither_questions_nor_answers(bench: Bench, provider: FakeProvider):
    provider.reply("A secret")
    write = writer(bench)
    bench.start_worker()
    await run(bench, write, "ann")

    [row] = await rows(bench, "SELECT * FROM headrace.ai_answers")

    assert len(row["key"]) == 32
    assert "secret" not in str(row)
    assert "ann" not in str(row["sealed"])


async def test_an_answer_that_can_not_be_opened_is_asked_for_anew(bench: Bench, provider: FakeProvider):
    write = writer(bench)
    bench.start_worker()
    await run(bench, write)
    await rows(bench, "UPDATE headrace.ai_answers SET sealed = left(sealed, -4) || 'AAAA'")

    assert (await run(bench, write))["state"] == "completed"
    assert len(provider.requests) == 2
    await run(bench, write)
    assert len(provider.requests) == 2


async def test_answers_whose_time_is_over_are_forgotten(bench: Bench, provider: FakeProvider):
    write = writer(bench)
    bench.start_worker()
    await run(bench, write, "ann")
    await age(bench, timedelta(hours=2))
    await run(bench, write, "bob")

    async with bench.runtime.database.transaction() as conn:
        assert (await forget_answers(conn, None)).rows in {0, 1}  # the process's own upkeep may have been first
        assert (await forget_answers(conn, None)).rows == 0
    assert len(await rows(bench, "SELECT * FROM headrace.ai_answers")) == 1


async def test_a_run_that_lost_its_job_writes_no_cached_call(bench: Bench, provider: FakeProvider):
    write = writer(bench)
    bench.start_worker()
    job = await run(bench, write)
    call = {"id": new_id(), "job_id": job["id"], "fence": 0, "run": 1, "step": "ai.text", "task": "t", "owner": None}
    whom = {"provider": "openai", "model": "m", "rung": "first", "answered_by": "m", "finish_reason": "stop"}

    async with bench.runtime.database.connection() as conn:
        written = await conn.execute(
            query("headrace.ai", "write_cached_call"), {**call, **whom, "messages": None, "shard": 0, "now": None}
        )

    assert (written.rowcount, len(await bench.calls(job["id"]))) == (0, 1)
