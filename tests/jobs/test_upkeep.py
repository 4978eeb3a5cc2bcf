"""Upkeep: one process at a time does a duty, and an outage makes nobody dead."""

import asyncio

import psycopg
import pytest

from headrace.jobs.upkeep import Duty, Upkeep, perform
from headrace.jobs.upkeep.duty import Done

pytestmark = pytest.mark.anyio


async def test_a_duty_that_another_process_is_at_is_passed_over(runtime):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_conn, _now):
        begun.set()
        await go_on.wait()
        return Done(7)

    duty = Duty("slow", 1, 99, slow)
    first = asyncio.create_task(perform(duty, runtime.database, runtime.wakeups))
    await begun.wait()
    assert await perform(duty, runtime.database, runtime.wakeups) == 0
    go_on.set()
    assert await first == 7


async def test_a_duty_with_grace_holds_off_after_an_outage(runtime):
    runs: list[str] = []

    def noted(name, error=None):
        async def run(_conn, _now):
            runs.append(name)
            if error:
                raise error
            return Done(1)

        return run

    upkeep = Upkeep(runtime.database, runtime.wakeups, runtime.clock)
    careful = Duty("careful", 1, 97, noted("careful"), grace=60)
    hasty = Duty("hasty", 1, 98, noted("hasty"))
    assert await upkeep.run(careful) == 1
    with pytest.raises(psycopg.OperationalError):
        await upkeep.run(Duty("broken", 1, 96, noted("broken", psycopg.OperationalError("away"))))
    assert [await upkeep.run(careful), await upkeep.run(hasty)] == [0, 1]
    assert runs == ["careful", "broken", "hasty"]


async def test_what_a_duty_changed_is_told_after_its_commit(runtime):
    heard: list[set[str]] = []
    runtime.wakeups.listen(heard.append)

    async def change(_conn, _now):
        assert heard == []
        return Done(1, frozenset({"changed"}))

    await perform(Duty("telling", 1, 95, change), runtime.database, runtime.wakeups)
    assert heard == [{"changed"}]


async def test_a_duty_that_goes_on_runs_until_it_finds_nothing(runtime):
    left = [1, 5, 5]

    async def run(_conn, _now):
        return Done(left.pop() if left else 0)

    upkeep = Upkeep(runtime.database, runtime.wakeups, runtime.clock)
    assert await upkeep.run(Duty("once", 1, 94, run)) == 5
    assert await upkeep.run(Duty("on and on", 1, 93, run, goes_on=True)) == 0
    assert left == []
