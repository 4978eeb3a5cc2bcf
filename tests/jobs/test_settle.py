"""Before a run's outcome is written, what it left unwritten is: and nobody else's writes are waited for."""

import asyncio
from uuid import uuid4

import pytest

from headrace.jobs.job import Claimed, Lease
from headrace.jobs.journal import EventType
from headrace.jobs.run import Run
from headrace.jobs.stepping import return_type, run_step

pytestmark = pytest.mark.anyio


class Slow:
    """A journal that writes once it may, and notes when it is waited for."""

    def __init__(self):
        self.may_write = asyncio.Event()
        self.asked = asyncio.Event()
        self.settled = 0

    def post(self, entry):
        pass

    async def store(self, entry):
        self.asked.set()
        await self.may_write.wait()
        return True

    async def settle(self):
        self.settled += 1


@pytest.fixture
def journal():
    return Slow()


@pytest.fixture
def run(journal):
    rules = {"run": 1, "failures": 0, "attempts": 1, "alone": False, "owner": None, "has_history": False, "input": {}}
    return Run(Claimed(lease=Lease(uuid4(), 1), task="shop.pack", queue="shop", **rules), None, journal)


async def work() -> int:
    return 1


async def test_a_run_whose_steps_are_stored_waits_for_nobody(run, journal):
    journal.may_write.set()
    await run_step(run, run.call("one", None, int, ""), work, ())
    await run.settle()
    assert journal.settled == 0


async def test_a_run_waits_for_what_it_reported(run, journal):
    run.report(EventType.LOG, {"level": "info", "message": "packed"})
    await run.settle()
    assert journal.settled == 1


async def test_a_run_waits_for_a_step_that_was_cut_off_while_it_was_stored(run, journal):
    step = asyncio.create_task(run_step(run, run.call("one", None, int, ""), work, ()))
    await journal.asked.wait()
    step.cancel()
    await asyncio.wait([step])
    await run.settle()
    assert journal.settled == 1


def test_what_a_function_returns_is_found_out_once():
    def answer() -> "list[int]": ...

    assert return_type(answer) == list[int]
    answer.__annotations__["return"] = "str"
    assert return_type(answer) == list[int]
