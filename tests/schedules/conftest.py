"""An app with schedules, a hand-moved time, and short words for what the tests look at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from headrace import App, Job
from headrace.clock import Clock
from headrace.schedules.fire import fire

app = App("rounds")


class Place(BaseModel):
    name: str
    beds: int = 1


@app.schedule("0 6 * * *", timezone="Europe/Berlin")
async def morning(job: Job) -> str:
    """Go round in the morning."""
    return "went round"


@app.task
async def visit(job: Job, place: Place) -> str:
    """Visit a place."""
    return place.name


@app.task
async def anything(job: Job, value: int | None) -> int | None:
    """Return what it was given."""
    return value


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def clock():
    """It is Sunday noon in Greenwich, in winter."""
    return Clock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def fire_now(runtime, clock):
    """Fire what is due, as the duty does; returns how many jobs that made."""

    async def run() -> int:
        async with runtime.database.transaction() as conn:
            return (await fire(conn, runtime.tasks, clock.now)).rows

    return run


@pytest.fixture
def next_at(rows):
    """A schedule's next time."""

    async def read(name):
        [(time,)] = await rows("SELECT next_at FROM headrace.schedules WHERE name = %s", name)
        return time

    return read


@pytest.fixture
def planned(rows):
    """The planned times that a schedule fired, as text in UTC."""

    async def read(name="rounds.morning"):
        sql = "SELECT planned_at FROM headrace.schedule_firings WHERE schedule = %s ORDER BY planned_at"
        return [f"{time:%m-%d %H:%M}" for (time,) in await rows(sql, name)]

    return read


@pytest.fixture
def make(runtime, clock):
    """Make a schedule over the API's way in."""
    from headrace.schedules.edit import create
    from headrace.schedules.schedule import Rule

    async def run(name="by-hand", **rule):
        rule = {"task": "rounds.morning", "cron": "* * * * *"} | rule
        async with runtime.database.transaction() as conn:
            await create(conn, Rule(name=name, **rule), runtime.tasks, now=clock.now)

    return run
