"""The intake: concurrent submissions share a transaction, and nobody pays for another's mistake."""

import asyncio

import pytest
from pydantic import BaseModel

from headrace import App, InvalidInput, Job
from headrace.errors import UniqueConflict
from headrace.jobs.intake import Intake

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


async def transactions(runtime) -> int:
    async with runtime.database.connection() as conn:
        return (await (await conn.execute("SELECT count(DISTINCT xmin::text) FROM headrace.jobs")).fetchone())[0]


async def test_concurrent_submissions_share_a_transaction_and_keep_their_answers(runtime, intake, job):
    jobs = [double.submission(Number(n=n)) for n in range(100)]
    answers = await asyncio.gather(*(intake.submit(one) for one in jobs))
    assert [answer.id for answer in answers] == [one.id for one in jobs]
    assert [(await job(answer.id))["input"]["n"] for answer in answers] == list(range(100))
    assert await transactions(runtime) <= 3


async def test_equal_unique_keys_that_meet_make_one_job(intake):
    answers = await asyncio.gather(
        *(intake.submit(double.submission(Number(n=n), unique_key="same")) for n in range(20))
    )
    assert len({answer.id for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1


async def test_a_refused_submission_does_not_spoil_the_others(intake, submit):
    await submit(double, Number(n=0), unique_key="held")
    jobs = [double.submission(Number(n=n)) for n in range(10)]
    jobs.insert(5, double.submission(Number(n=1), unique_key="held", if_exists="reject"))
    answers = await asyncio.gather(*(intake.submit(one) for one in jobs), return_exceptions=True)
    assert isinstance(answers.pop(5), UniqueConflict)
    assert all(answer.created for answer in answers)


async def test_a_value_over_a_limit_is_refused_before_it_meets_others(intake):
    with pytest.raises(InvalidInput, match="owner"):
        await intake.submit(double.submission(Number(n=1), owner="o" * 201))


async def test_a_caller_that_hangs_up_cancels_only_its_wait(intake, job):
    gone, stays = double.submission(Number(n=1)), double.submission(Number(n=2))
    leaving = asyncio.create_task(intake.submit(gone))
    staying = asyncio.create_task(intake.submit(stays))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).id == stays.id
    assert (await job(gone.id))["state"] == "queued"
