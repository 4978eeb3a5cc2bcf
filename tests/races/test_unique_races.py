"""Unique keys under concurrency: one unfinished job holds a key, everybody is told which."""

from __future__ import annotations

from functools import partial

import pytest

from headrace.errors import UniqueConflict
from headrace.jobs.finish import finish
from headrace.jobs.job import Submission
from headrace.jobs.retry import Resubmitted, retry
from headrace.jobs.submit import submit

pytestmark = pytest.mark.anyio


def keyed(key, text="{}"):
    return Submission(task="races.run", queue="races", input=text.encode(), unique_key=key)


async def test_one_of_many_concurrent_submissions_creates_the_job_and_all_name_it(arena, together):
    conns = [await arena.connect() for _ in range(8)]
    for n in range(20):
        answers = await together([partial(submit, conn, [keyed(f"key {n}")]) for conn in conns])
        assert [answer.created for [answer] in answers].count(True) == 1
        assert len({answer.id for [answer] in answers}) == 1
    assert await arena.count("SELECT count(*) FROM headrace.jobs") == 20


async def test_batches_with_the_same_keys_in_opposite_order_do_not_deadlock(arena, together):
    one, two = await arena.connect(), await arena.connect()
    for n in range(20):
        jobs = [keyed(f"{n} {i}") for i in range(30)]
        twins = [keyed(f"{n} {i}") for i in reversed(range(30))]
        first, second = await together([partial(submit, one, jobs), partial(submit, two, twins)])
        assert [answer.id for answer in first] == [answer.id for answer in reversed(second)]
        assert sum(answer.created for answer in [*first, *second]) == 30


async def test_a_submission_waits_for_the_holder_and_names_it_once_committed(arena):
    holder, other = await arena.connect(), await arena.connect()
    async with holder.transaction():
        [held] = await submit(holder, [keyed("k")])
        waiting = await arena.blocked(other, submit(other, [keyed("k")]))
    [answer] = await waiting
    assert (answer.id, answer.created) == (held.id, False)


async def test_a_submission_that_waited_creates_the_job_if_the_holder_rolls_back(arena):
    holder, other = await arena.connect(), await arena.connect()
    async with holder.transaction(force_rollback=True):
        [gone] = await submit(holder, [keyed("k")])
        waiting = await arena.blocked(other, submit(other, [keyed("k")]))
    [answer] = await waiting
    assert answer.created
    assert answer.id != gone.id


async def test_a_key_is_free_once_its_holder_finishes_even_for_a_submission_in_between(arena, completed):
    [held] = await submit(arena.watcher, [keyed("k")])
    [claimed] = await arena.claim(await arena.worker())
    finishing, other = await arena.connect(), await arena.connect()
    async with finishing.transaction():
        await finish(finishing, [completed(claimed)])
        waiting = await arena.blocked(other, submit(other, [keyed("k")]))
    [answer] = await waiting
    assert answer.created
    assert answer.id != held.id


async def test_the_first_of_equal_keys_in_one_batch_is_the_one_that_is_kept(arena):
    jobs = [keyed("k", '{"n": 1}'), keyed("k", '{"n": 2}')]
    first, second = await submit(arena.watcher, jobs)
    assert (first.created, second.created) == (True, False)
    assert first.id == second.id == jobs[0].id
    assert (await arena.row(first.id))["input"] == {"n": 1}


async def test_retrying_a_job_with_a_unique_key_twice_at_once_makes_one_job(arena, together, completed):
    one, two = await arena.connect(), await arena.connect()
    for n in range(20):
        [old] = await submit(arena.watcher, [keyed(f"key {n}")])
        [claimed] = await arena.claim(await arena.worker())
        await finish(arena.watcher, [completed(claimed)])
        answers = await together([partial(retry, one, old.id), partial(retry, two, old.id)])
        refused = [answer for answer in answers if isinstance(answer, UniqueConflict)]
        made = [answer for answer in answers if isinstance(answer, Resubmitted)]
        assert (len(refused), len(made)) == (1, 1), answers
        await arena.watcher.execute(
            "UPDATE headrace.jobs SET state = 'cancelled', finished_at = now() WHERE state = 'queued'"
        )


async def test_a_retry_waits_for_a_submission_with_its_key(arena, completed):
    [old] = await submit(arena.watcher, [keyed("k")])
    [claimed] = await arena.claim(await arena.worker())
    await finish(arena.watcher, [completed(claimed)])
    holder, retrying = await arena.connect(), await arena.connect()
    async with holder.transaction():
        await submit(holder, [keyed("k")])
        waiting = await arena.blocked(retrying, retry(retrying, old.id))
    with pytest.raises(UniqueConflict):
        await waiting
