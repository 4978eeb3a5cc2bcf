"""The intake: concurrent submissions share a transaction, and nobody pays for another's mistake."""

import asyncio
from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel

from headrace import App, InvalidInput, Job
from headrace.errors import UniqueConflict
from headrace.web.idempotency import KeyBusy, KeyReused, Once
from headrace.web.intake import Intake

app = App("taken")
pytestmark = pytest.mark.anyio


class Number(BaseModel):
    n: int


@app.task
async def double(_job: Job, number: Number) -> int:
    return number.n * 2


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def intake(runtime):
    return Intake(runtime.database, runtime.clock)


@pytest.fixture
def ask(intake):
    """Submit a number under a key, and return the id of the job that the answer names."""

    async def ask(n, key=None, **options):
        once = Once("POST /jobs", key, str(n), None)
        answer = await intake.accept(lambda: double.submission({"n": n}, **options), once)
        return UUID(orjson.loads(answer.body)["id"])

    return ask


async def transactions(runtime) -> int:
    async with runtime.database.connection() as conn:
        return (await (await conn.execute("SELECT count(DISTINCT xmin::text) FROM headrace.jobs")).fetchone())[0]


@pytest.mark.parametrize("keyed", [False, True])
async def test_concurrent_submissions_share_a_transaction_and_keep_their_answers(runtime, ask, job, keyed):
    ids = await asyncio.gather(*(ask(n, f"key {n}" if keyed else None) for n in range(100)))
    assert [(await job(id_))["input"]["n"] for id_ in ids] == list(range(100))
    assert await transactions(runtime) <= 3


async def test_equal_unique_keys_that_meet_make_one_job(ask, count_jobs):
    ids = await asyncio.gather(*(ask(n, unique_key="same") for n in range(20)))
    assert len(set(ids)) == 1
    assert await count_jobs() == 1


async def test_equal_idempotency_keys_that_meet_make_one_job(ask, count_jobs):
    answers = await asyncio.gather(*(ask(1, "same") for _ in range(20)), return_exceptions=True)
    assert isinstance(answers[0], UUID)
    assert all(isinstance(answer, KeyBusy) for answer in answers[1:])
    assert await count_jobs() == 1


async def test_kept_answers_and_reused_keys_do_not_spoil_the_others(ask, count_jobs):
    first = await ask(1, "a")
    again, reused, other, plain = await asyncio.gather(
        ask(1, "a"), ask(2, "a"), ask(3, "b"), ask(4), return_exceptions=True
    )
    assert again == first
    assert isinstance(reused, KeyReused)
    assert isinstance(other, UUID)
    assert isinstance(plain, UUID)
    assert await count_jobs() == 3


async def test_answer_is_kept_though_the_task_takes_other_input_now(intake, ask):
    first = await ask(1, "a")
    once = Once("POST /jobs", "a", "1", None)
    again = await intake.accept(lambda: double.submission({"m": 1}), once)
    assert orjson.loads(again.body)["id"] == str(first)
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("keyed", [False, True])
async def test_a_refused_submission_does_not_spoil_the_others(ask, keyed):
    await ask(0, unique_key="held")
    asked = [ask(n, f"key {n}" if keyed else None) for n in range(10)]
    asked.insert(5, ask(11, "refused" if keyed else None, unique_key="held", if_exists="reject"))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers.pop(5), UniqueConflict)
    assert all(isinstance(answer, UUID) for answer in answers)


async def test_a_refused_submission_leaves_its_key_free(ask):
    await ask(0, unique_key="held")
    with pytest.raises(UniqueConflict):
        await ask(1, "a", unique_key="held", if_exists="reject")
    assert await ask(2, "a")


@pytest.mark.parametrize("key", [None, "a"])
async def test_a_value_over_a_limit_is_refused_before_it_meets_others(ask, key):
    with pytest.raises(InvalidInput, match="owner"):
        await ask(1, key, owner="o" * 201)


async def test_a_caller_that_hangs_up_cancels_only_its_wait(ask, count_jobs):
    leaving = asyncio.create_task(ask(1))
    staying = asyncio.create_task(ask(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying
    assert await count_jobs() == 2
