"""Submission: what is accepted, in whose transaction, and what a unique key does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel
from sqlalchemy import create_engine

from headrace import App, InvalidInput, Job, State
from headrace.db.connect import engine_url
from headrace.errors import UniqueConflict
from headrace.jobs.submit import submit as submit_batch

app = App("numbers")


class Number(BaseModel):
    n: int


@app.task
async def double(_job: Job, number: Number) -> int:
    return number.n * 2


@app.task
async def keep(_job: Job, value: object) -> object:
    return value


@app.task(priority=5)
async def nothing(_job: Job) -> None: ...


pytestmark = pytest.mark.anyio


@pytest.fixture
def apps():
    return [app]


async def test_a_job_exists_once_the_callers_transaction_commits(runtime, job):
    async with runtime.database.transaction() as conn:
        submitted = await double.submit(conn, Number(n=1), owner="ann", tags=["a"])
    row = await job(submitted.id)
    assert (row["state"], row["queue"], row["owner"], row["tags"]) == ("queued", "numbers", "ann", ["a"])


async def test_a_job_does_not_exist_when_the_callers_transaction_rolls_back(runtime, job):
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.transaction() as conn:
            submitted = await double.submit(conn, Number(n=1))
            raise ZeroDivisionError
    with pytest.raises(LookupError):
        await job(submitted.id)


async def test_a_job_joins_the_transaction_of_a_sqlalchemy_session(runtime, job):
    async with runtime.database.session() as session:
        kept = await double.submit(session, Number(n=1))
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.session() as session:
            dropped = await double.submit(session, Number(n=1))
            raise ZeroDivisionError
    assert (await job(kept.id))["state"] == "queued"
    with pytest.raises(LookupError):
        await job(dropped.id)


async def test_blocking_callers_submit_with_psycopg_and_sqlalchemy(runtime, job, database_url):
    with psycopg.connect(database_url) as conn:
        first = double.submit_sync(conn, Number(n=1))
    engine = create_engine(engine_url(database_url))
    with engine.begin() as conn:
        second = double.submit_sync(conn, Number(n=2))
    engine.dispose()
    assert [(await job(id_))["input"] for id_ in (first.id, second.id)] == [{"n": 1}, {"n": 2}]


async def test_a_unique_key_is_held_until_the_job_is_finished(runtime, submit, drain, job):
    async with runtime.database.transaction() as conn:
        first = await double.submit(conn, Number(n=1), unique_key="k")
        second = await double.submit(conn, Number(n=2), unique_key="k")
    assert (second.id, second.created) == (first.id, False)
    await drain()
    third = await submit(double, Number(n=3), unique_key="k")
    assert third != first.id
    assert (await job(first.id))["result"] == 2


async def test_equal_unique_keys_in_one_batch_make_one_job(runtime):
    submissions = [double.submission(Number(n=n), unique_key="same") for n in range(5)]
    async with runtime.database.transaction() as conn:
        answers = await submit_batch(conn, submissions)
    assert len({answer.id for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1


async def test_a_submission_sent_again_after_a_lost_commit_makes_no_second_job(runtime):
    submission = double.submission(Number(n=1))
    async with runtime.database.transaction() as conn:
        [first] = await submit_batch(conn, [submission])
    async with runtime.database.transaction() as conn:
        [again] = await submit_batch(conn, [submission])
    assert first == again
    assert again.created


async def test_a_later_start_makes_the_job_scheduled(runtime, submit, drain, job, clock):
    job_id = await submit(double, Number(n=4), run_at=datetime.now(UTC) + timedelta(hours=1))
    await drain()
    assert (await job(job_id))["state"] == State.SCHEDULED
    clock.advance(timedelta(hours=2))
    await drain()
    assert (await job(job_id))["result"] == 8


async def test_a_task_gives_its_jobs_their_priority(submit, job):
    assert (await job(await submit(nothing)))["priority"] == 5
    assert (await job(await submit(nothing, priority=-1)))["priority"] == -1


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"unique_key": "k" * 501}, "unique_key"),
        ({"owner": "o" * 201}, "owner"),
        ({"tags": ["t"] * 21}, "tags"),
        ({"tags": ["t" * 101]}, "tags"),
        ({"priority": 40_000}, "priority"),
        ({"owner": "a\0b"}, "NUL"),
        ({"run_at": datetime(9999, 12, 31, tzinfo=UTC)}, "run_at"),
        ({"run_at": datetime(2030, 1, 1)}, "time zone"),  # noqa: DTZ001 - that is the point
    ],
)
async def test_values_over_a_limit_are_refused_by_name(submit, options: dict[str, Any], name: str):
    with pytest.raises(InvalidInput, match=name):
        await submit(double, Number(n=1), **options)


async def test_input_that_does_not_fit_is_refused_with_a_pointer(submit):
    with pytest.raises(InvalidInput, match="/input/n") as caught:
        await submit(double, {"n": "x"})
    assert caught.value.pointer == "/input/n"


async def test_input_over_a_mebibyte_is_refused(submit):
    big = App("big")

    async def take(_job: Job, text: str) -> None: ...

    with pytest.raises(InvalidInput, match="1024 KiB"):
        await submit(big.task(take), "x" * (1024 * 1024))


async def test_a_number_that_json_cannot_hold_is_refused_as_input(submit):
    measuring = App("measuring")

    async def measure(_job: Job, value: float) -> None: ...

    with pytest.raises(InvalidInput, match="can't be stored"):
        await submit(measuring.task(measure), "NaN")


async def test_a_delay_counts_from_the_submission(submit, job):
    row = await job(await submit(double, Number(n=1), delay=timedelta(seconds=60)))
    assert row["state"] == "scheduled"
    assert row["run_at"] - row["created_at"] == timedelta(seconds=60)


async def test_a_held_unique_key_can_be_a_refusal(submit):
    first = await submit(double, Number(n=1), unique_key="k")
    with pytest.raises(UniqueConflict, match=str(first)):
        await submit(double, Number(n=2), unique_key="k", if_exists="reject")


async def test_a_held_unique_key_can_replace_what_has_not_begun(runtime, job):
    async with runtime.database.transaction() as conn:
        first = await double.submit(conn, Number(n=1), unique_key="k", delay=timedelta(seconds=10))
        second = await double.submit(
            conn, Number(n=2), unique_key="k", delay=timedelta(seconds=30), if_exists="replace", tags=["new"]
        )
    row = await job(first.id)
    assert (second.id, second.created, second.replaced) == (first.id, False, True)
    assert (row["input"], row["tags"], row["state"]) == ({"n": 2}, ["new"], "scheduled")
    assert row["run_at"] - row["created_at"] == timedelta(seconds=30)


async def test_a_running_job_is_not_replaced(runtime, submit, job):
    first = await submit(double, Number(n=1), unique_key="k")
    async with runtime.database.connection() as conn:
        await conn.execute("UPDATE headrace.jobs SET state = 'running', worker_id = id WHERE id = %s", (first,))
    async with runtime.database.transaction() as conn:
        second = await double.submit(conn, Number(n=2), unique_key="k", if_exists="replace")
    assert (second.id, second.replaced) == (first, False)
    assert (await job(first))["input"] == {"n": 1}


async def test_a_policy_without_a_key_is_refused(submit):
    with pytest.raises(InvalidInput, match="unique_key"):
        await submit(double, Number(n=1), if_exists="replace")


async def test_many_jobs_go_in_together_or_not_at_all(runtime, drain, job):
    async with runtime.database.transaction() as conn:
        ids = await double.submit_many(conn, [Number(n=n) for n in range(2_500)], owner="ann", tags=["x"])
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.session() as session:
            await double.submit_many(session, [Number(n=n) for n in range(10)])
            raise ZeroDivisionError
    async with runtime.database.session() as session:
        later = await double.submit_many(session, [Number(n=7)], delay=timedelta(hours=1))
    await drain()
    async with runtime.database.connection() as conn:
        rows = await (await conn.execute("SELECT state, count(*) FROM headrace.jobs GROUP BY state")).fetchall()
    assert dict(rows) == {"completed": 2_500, "scheduled": 1}
    row = await job(ids[1234])
    assert (row["result"], row["owner"], row["tags"]) == (2468, "ann", ["x"])
    assert (await job(later[0]))["state"] == "scheduled"


@pytest.mark.parametrize("text", ["\t\n\r\b", "\\N", "\\.", '\\"{},', "NULL", "", " ä😀 "])
async def test_many_jobs_keep_every_character(runtime, job, text: str):
    options = {"owner": f"o{text}", "tags": [text, f"a{text}"], "priority": -3}
    async with runtime.database.transaction() as conn:
        [many] = await keep.submit_many(conn, [{text: [text, None, 1.5]}], **options)
        one = await keep.submit(conn, {text: [text, None, 1.5]}, **options)
    columns = ("task", "queue", "state", "priority", "attempts", "input", "input_size", "owner", "tags", "ready_at")
    first, second = await job(many), await job(one.id)
    assert [first[column] for column in columns] == [second[column] for column in columns]
    assert (first["input"], first["owner"]) == ({text: [text, None, 1.5]}, f"o{text}")
    assert first["tags"] == [text, f"a{text}"]


async def test_many_jobs_go_in_whatever_encoding_the_connection_has(runtime, job):
    async with runtime.database.connection() as conn, conn.transaction():
        await conn.execute("SET LOCAL client_encoding = 'LATIN1'")
        [id_] = await keep.submit_many(conn, ["ä"], owner="ö")
    assert [(await job(id_))[column] for column in ("input", "owner")] == ["ä", "ö"]


async def test_nothing_can_be_an_input_in_every_way_of_submitting(runtime, job):
    async with runtime.database.transaction() as conn:
        [many] = await keep.submit_many(conn, [None])
        one = await keep.submit(conn, "first", unique_key="k")
        await keep.submit(conn, None, unique_key="k", if_exists="replace")
        assert await keep.submit_many(conn, []) == []
    assert [(await job(id_))["input"] for id_ in (many, one.id)] == [None, None]


async def test_many_jobs_with_a_unique_key_are_one(runtime):
    async with runtime.database.transaction() as conn:
        ids = await double.submit_many(conn, [Number(n=n) for n in range(1_500)], unique_key="k")
    assert len(set(ids)) == 1
