"""Firing: one job per planned time, and what becomes of times that passed unnoticed."""

from datetime import UTC, datetime, timedelta

import pytest

from headrace.jobs.upkeep import perform
from headrace.schedules.edit import change, set_pause

pytestmark = pytest.mark.anyio

MINUTES = timedelta(minutes=1)


async def test_a_schedule_fires_when_its_time_comes_and_not_before(clock, fire_now, planned):
    clock.advance(timedelta(hours=16, minutes=59))  # 05:59 in Berlin
    assert await fire_now() == 0
    clock.advance(MINUTES)
    assert await fire_now() == 1
    assert await planned() == ["11-23 05:00"]


async def test_a_planned_time_is_fired_once_however_often_it_is_looked_at(clock, fire_now, planned):
    clock.advance(timedelta(hours=17))
    assert [await fire_now(), await fire_now()] == [1, 0]
    clock.advance(timedelta(hours=23))
    assert await fire_now() == 0
    clock.advance(timedelta(hours=1))
    assert await fire_now() == 1
    assert await planned() == ["11-23 05:00", "11-24 05:00"]


async def test_a_time_that_is_recorded_as_fired_makes_no_job_even_if_the_schedule_is_set_back(clock, fire_now, rows):
    clock.advance(timedelta(hours=17))
    await fire_now()
    await rows("UPDATE headrace.schedules SET next_at = next_at - interval '1 day'")
    assert await fire_now() == 0
    assert await rows("SELECT count(*) FROM headrace.jobs") == [(1,)]


async def test_the_job_runs_the_task_and_knows_its_schedule_and_planned_time(clock, drain, rows):
    clock.advance(timedelta(hours=17, seconds=20))
    await drain()
    [(task, state, tags, run_at)] = await rows("SELECT task, state, tags, run_at FROM headrace.jobs")
    assert (task, state, tags) == ("rounds.morning", "completed", ["schedule:rounds.morning"])
    assert run_at == datetime(2026, 11, 23, 5, tzinfo=UTC)
    [(job_id,)] = await rows("SELECT job_id FROM headrace.schedule_firings")
    assert await rows("SELECT id FROM headrace.jobs") == [(job_id,)]


@pytest.mark.parametrize(
    ("missed", "limit", "expected"),
    [
        ("skip", 100, []),
        ("once", 100, ["11-22 15:00"]),
        ("all", 100, ["11-22 13:00", "11-22 14:00", "11-22 15:00"]),
        ("all", 2, ["11-22 14:00", "11-22 15:00"]),
    ],
)
async def test_times_missed_in_a_downtime_are_made_up_for_by_the_policy(
    clock, fire_now, make, planned, *, missed, limit, expected
):
    await make(cron="0 * * * *", missed=missed, missed_limit=limit)
    clock.advance(timedelta(hours=3, minutes=30))
    assert await fire_now() == len(expected)
    assert await planned("by-hand") == expected
    clock.advance(timedelta(minutes=30))
    assert await fire_now() == 1
    assert (await planned("by-hand"))[-1] == "11-22 16:00"


@pytest.mark.parametrize("missed", ["skip", "once", "all"])
async def test_a_time_that_is_found_a_few_seconds_late_counts_as_on_time(clock, fire_now, make, planned, missed):
    await make(cron="0 * * * *", missed=missed)
    clock.advance(timedelta(hours=1, seconds=40))
    assert await fire_now() == 1
    assert await planned("by-hand") == ["11-22 13:00"]


async def test_years_of_downtime_do_not_hold_up_the_schedule(clock, fire_now, make, planned):
    await make(cron="* * * * *", missed="all", missed_limit=3)
    clock.advance(timedelta(days=3_000))
    assert await fire_now() == 4  # the morning round's, too
    assert len(await planned("by-hand")) == 3


async def test_a_paused_schedule_fires_nothing_and_makes_up_for_nothing(runtime, clock, fire_now, make, planned):
    await make(missed="all")
    async with runtime.database.transaction() as conn:
        await set_pause(conn, "by-hand", paused=True, now=clock.now)
    clock.advance(5 * MINUTES)
    assert await fire_now() == 0
    async with runtime.database.transaction() as conn:
        await set_pause(conn, "by-hand", paused=False, now=clock.now)
    assert await fire_now() == 0
    clock.advance(MINUTES)
    assert await fire_now() == 1
    assert await planned("by-hand") == ["11-22 12:06"]


async def test_another_time_zone_counts_from_now_on(runtime, clock, fire_now, make, next_at, planned):
    await make(cron="0 6 * * *", timezone="Asia/Tokyo")
    assert await next_at("by-hand") == datetime(2026, 11, 22, 21, tzinfo=UTC)
    clock.advance(timedelta(hours=10))
    assert await fire_now() == 1
    async with runtime.database.transaction() as conn:
        await change(conn, "by-hand", {"timezone": "UTC"}, runtime.tasks, now=clock.now)
    assert await next_at("by-hand") == datetime(2026, 11, 23, 6, tzinfo=UTC)
    clock.advance(timedelta(hours=8))
    await fire_now()
    assert await planned("by-hand") == ["11-22 21:00", "11-23 06:00"]


async def test_an_input_that_no_longer_fits_is_noted_and_holds_up_nobody(clock, fire_now, make, rows):
    await make(task="rounds.visit", input={"name": "north"})
    await make(name="zoo", task="rounds.visit", input={"name": "south"})
    await rows("UPDATE headrace.schedules SET input = '{}' WHERE name = 'by-hand'")
    clock.advance(MINUTES)
    assert await fire_now() == 1
    [(name, job_id, error)] = await rows(
        "SELECT schedule, job_id, error FROM headrace.schedule_firings WHERE error IS NOT NULL"
    )
    assert (name, job_id) == ("by-hand", None)
    assert "rounds.visit does not fit at /input/name" in error
    assert await fire_now() == 0


async def test_what_the_database_refuses_is_noted_and_holds_up_nobody(clock, fire_now, make, rows):
    await rows("ALTER TABLE headrace.jobs ADD CHECK (tags <> '{schedule:by-hand}')")
    await make(missed="all")
    await make(name="zoo")
    clock.advance(2 * MINUTES)
    assert await fire_now() == 1
    found = await rows(
        "SELECT schedule, job_id IS NULL, error FROM headrace.schedule_firings ORDER BY schedule, planned_at"
    )
    assert [row[:2] for row in found] == [("by-hand", True), ("by-hand", True), ("zoo", False)]
    assert "check constraint" in found[0][2]
    assert await fire_now() == 0


async def test_an_input_of_null_is_kept_and_given_to_the_task(clock, drain, make, rows):
    await make(task="rounds.anything", input=None)
    clock.advance(MINUTES)
    await drain()
    assert await rows("SELECT task, state, input, result FROM headrace.jobs") == [
        ("rounds.anything", "completed", None, None)
    ]


async def test_a_zone_that_has_vanished_stops_its_own_schedule_alone(clock, fire_now, make, rows):
    await make(name="broken")
    await make(name="sound")
    await rows("UPDATE headrace.schedules SET timezone = 'Old/Zone' WHERE name = 'broken'")
    clock.advance(MINUTES)
    assert await fire_now() == 1
    assert await rows("SELECT name FROM headrace.schedules WHERE next_at IS NULL") == [("broken",)]


async def test_a_schedule_whose_task_is_unknown_here_waits_for_a_process_that_has_it(clock, fire_now, make, rows):
    await make()
    await rows("UPDATE headrace.schedules SET task = 'other.task' WHERE name = 'by-hand'")
    clock.advance(MINUTES)
    assert await fire_now() == 0
    await rows("UPDATE headrace.schedules SET task = 'rounds.morning' WHERE name = 'by-hand'")
    assert await fire_now() == 1


async def test_a_look_at_schedules_that_are_not_due_is_one_probe_of_the_index(make, rows, runtime):
    from headrace.db.query import query

    params = {"tasks": list(runtime.tasks), "now": None}
    async with runtime.database.connection() as conn:
        await conn.execute(
            "INSERT INTO headrace.schedules SELECT 'n' || n, NULL, 'rounds.morning', '* * * * *', 'UTC', '{}', 'once', 1,"
            " now(), now(), now() + interval '1 day' FROM generate_series(1, 20000) AS n"
        )
        await conn.execute("ANALYZE headrace.schedules")
        plan = await conn.execute("EXPLAIN " + query("headrace.schedules", "find_due_schedules"), params)
        text = "\n".join(line for (line,) in await plan.fetchall())
    assert "schedules_due" in text
    assert "Seq Scan" not in text


async def test_old_firings_are_forgotten_but_for_the_last_ten(runtime, clock, make, rows):
    await make()
    await rows(
        "INSERT INTO headrace.schedule_firings (schedule, planned_at, fired_at, error)"
        " SELECT 'by-hand', %s::timestamptz - n * interval '1 day', now(), 'x' FROM generate_series(1, 45) AS n",
        clock.now,
    )
    prune = runtime.scheduler.duties[1]
    assert await perform(prune, runtime.database, runtime.wakeups, now=clock.now) == 15
    assert await perform(prune, runtime.database, runtime.wakeups, now=clock.now + timedelta(days=90)) == 20
    assert await rows("SELECT count(*) FROM headrace.schedule_firings") == [(10,)]
