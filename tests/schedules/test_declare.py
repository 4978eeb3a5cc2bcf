"""Schedules in code: declared when a process starts, left alone while they stay the same."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace import App, Job, Task
from headrace.errors import InvalidInput
from headrace.runtime import Runtime
from headrace.schedules.declare import declare

pytestmark = pytest.mark.anyio


def an_app(cron="0 6 * * *", **options):
    """The app as another release of the code has it."""
    made = App("rounds")

    @made.schedule(cron, timezone=options.pop("timezone", "Europe/Berlin"), **options)
    async def morning(job: Job) -> None: ...

    return made


@pytest.fixture
def start(runtime, clock):
    """Start a process with another release of the app: returns how many schedules that changed."""

    async def run(app):
        async with runtime.database.transaction() as conn:
            rules = list(app.schedules.values())
            return await declare(conn, rules, [app.name], tasks=app.tasks, now=clock.now)

    return run


async def test_a_schedule_in_code_is_there_from_the_first_start(next_at, rows):
    assert await next_at("rounds.morning") == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert await rows("SELECT app, task, missed, input FROM headrace.schedules") == [
        ("rounds", "rounds.morning", "once", {})
    ]


async def test_declaring_an_unchanged_schedule_again_touches_nothing(clock, start, rows):
    before = await rows("SELECT xmin, next_at FROM headrace.schedules")
    clock.advance(timedelta(days=3))  # it is overdue, and stays so until it is fired
    assert await start(an_app()) == 0
    assert await rows("SELECT xmin, next_at FROM headrace.schedules") == before


async def test_another_expression_counts_from_now_on(clock, start, next_at):
    clock.advance(timedelta(days=3))
    assert await start(an_app("0 7 * * *")) == 1
    assert await next_at("rounds.morning") == datetime(2026, 11, 26, 6, tzinfo=UTC)


async def test_another_time_zone_counts_from_now_on(start, next_at):
    assert await start(an_app(timezone="UTC")) == 1
    assert await next_at("rounds.morning") == datetime(2026, 11, 23, 6, tzinfo=UTC)


async def test_another_policy_leaves_the_next_time_where_it_is(clock, start, next_at):
    before = await next_at("rounds.morning")
    clock.advance(timedelta(days=3))
    assert await start(an_app(missed="all")) == 1
    assert await next_at("rounds.morning") == before


async def test_what_the_code_no_longer_has_is_retired_and_fires_no_more(clock, start, fire_now, rows):
    assert await start(App("rounds")) == 1
    clock.advance(timedelta(days=3))
    assert await fire_now() == 0
    assert len(await rows("SELECT name FROM headrace.schedules WHERE retired_at IS NOT NULL")) == 1


async def test_what_comes_back_into_the_code_counts_from_now_on(clock, start, next_at, rows):
    await start(App("rounds"))
    clock.advance(timedelta(days=3))
    assert await start(an_app()) == 1
    assert await next_at("rounds.morning") == datetime(2026, 11, 26, 5, tzinfo=UTC)
    assert await rows("SELECT retired_at FROM headrace.schedules") == [(None,)]


async def test_the_schedules_of_other_apps_and_of_the_api_are_left_alone(start, make, rows):
    await make()
    assert await start(App("others")) == 0
    assert await rows("SELECT count(*) FROM headrace.schedules WHERE retired_at IS NULL") == [(2,)]


async def test_a_pause_outlives_a_new_release(start, rows):
    await rows("UPDATE headrace.schedules SET paused_at = now()")
    await start(an_app("0 7 * * *"))
    assert await rows("SELECT count(*) FROM headrace.schedules WHERE paused_at IS NOT NULL") == [(1,)]


async def test_a_schedule_above_a_task_keeps_the_tasks_options_and_may_have_a_name_and_input(runtime, start, rows):
    made = App("rounds")

    @made.schedule("0 8 * * *", name="north", input={"place": "north"})
    @made.schedule("0 9 * * *", name="south", input={"place": "south"})
    @made.task(priority=7)
    async def visit(job: Job, places: dict[str, str]) -> None: ...

    assert isinstance(visit, Task)
    assert visit.priority == 7
    await start(made)
    found = await rows("SELECT name, input FROM headrace.schedules WHERE retired_at IS NULL ORDER BY name")
    assert found == [("rounds.north", {"place": "north"}), ("rounds.south", {"place": "south"})]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"cron": "0 25 * * *"}, r"Schedule rounds\.morning: .*out of range"),
        ({"timezone": "Berlin"}, "no time zone 'Berlin'"),
        ({"missed_limit": 0}, "missed_limit is between 1 and 1,000"),
        ({"name": "x" * 90}, "1 to 90 letters"),
        ({"missed": "sometimes"}, "sometimes"),
    ],
)
async def test_a_wrong_schedule_is_refused_where_it_is_written(rule, message):
    with pytest.raises(ValueError, match=message):
        an_app(**rule)


async def test_two_schedules_of_one_name_are_refused():
    made = an_app()
    with pytest.raises(ValueError, match=r"Two schedules are called rounds\.morning"):
        made.schedule("0 7 * * *")(made.tasks["rounds.morning"])


async def test_the_task_of_another_app_is_refused():
    with pytest.raises(ValueError, match=r"not one of the app others"):
        App("others").schedule("0 7 * * *")(an_app().tasks["rounds.morning"])


async def test_a_process_does_not_start_with_a_schedule_whose_input_does_not_fit(settings):
    made = App("rounds")

    @made.schedule("0 8 * * *", input="many")
    @made.task
    async def count(job: Job, number: int) -> None: ...

    with pytest.raises(InvalidInput, match="does not fit"):
        async with Runtime.open(settings, [made], connections=1):
            pass
