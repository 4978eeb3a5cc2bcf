"""The week that `headrace demo` makes: believable, and in every table what the queue itself would have left."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.demo.conftest import NOW
from tests.demo.ledger import check_counters, check_labels, check_spend

from headrace.ai.budgets import list_budgets
from headrace.demo.job_row import job_row
from headrace.demo.rhythm import Rhythm
from headrace.demo.week import Week
from headrace.jobs.states import State
from headrace.jobs.upkeep import perform
from headrace_apps.articles.demo import tell

pytestmark = pytest.mark.anyio


@pytest.fixture
def database_url(made):
    return made[0]


@pytest.fixture
def week(made):
    return made[1]


async def test_upkeep_finds_nothing_to_mend(week, runtime):
    assert week.jobs >= 400
    done = {duty.name: await perform(duty, runtime.database, runtime.wakeups, now=NOW) for duty in runtime.duties}
    assert len(done) > 8
    assert not any(done.values()), done


async def test_counters_labels_and_spending_are_those_of_the_rows(week, rows):
    await check_counters(rows)
    await check_labels(rows)
    await check_spend(rows)


async def test_a_job_adds_up_with_what_is_kept_of_it(week, rows):
    found = await rows(
        """
        SELECT j.id, j.event_seq, j.runs, j.fence, j.failures, j.state,
               (SELECT count(*) FROM headrace.job_events AS e WHERE e.job_id = j.id) AS events,
               (SELECT coalesce(max(seq), 0) FROM headrace.job_events AS e WHERE e.job_id = j.id) AS last_event,
               (SELECT count(*) FROM headrace.job_runs AS r WHERE r.job_id = j.id) AS ended,
               (SELECT count(*) FROM headrace.job_runs AS r WHERE r.job_id = j.id AND r.outcome = 'failed') AS failed,
               j.cancellation ->> 'stopped' = 'before_start' AS is_unstarted
        FROM headrace.jobs AS j
        """
    )
    for id_, seq, runs, fence, failures, state, events, last_event, ended, failed, is_unstarted in found:
        assert seq == events == last_event, id_
        has_last_run = state == "running" or (state in {"completed", "failed", "cancelled"} and not is_unstarted)
        assert runs == ended + has_last_run, id_
        assert fence == 2 * ended + has_last_run + (state in {"completed", "failed", "cancelled"}), id_
        assert failures == failed + (state == "failed" or (state == "cancelled" and not is_unstarted)), id_


async def test_nothing_ended_later_than_now_and_nothing_before_it_began(week, rows):
    for table, begin, end in (
        ("jobs", "created_at", "finished_at"),
        ("jobs", "created_at", "started_at"),
        ("job_runs", "started_at", "ended_at"),
        ("job_steps", "started_at", "finished_at"),
        ("ai_calls", "started_at", "finished_at"),
        ("waits", "opened_at", "settled_at"),
    ):
        wrong = f"SELECT * FROM headrace.{table} WHERE {end} > %s OR {end} < {begin} OR {begin} > %s"
        assert not await rows(wrong, NOW, NOW), table
    assert not await rows("SELECT 1 FROM headrace.job_events WHERE at > %s", NOW)
    assert not await rows("SELECT 1 FROM articles.articles WHERE updated_at > %s OR updated_at < created_at", NOW)


async def test_every_state_is_there_and_every_kind_of_row(week, rows):
    assert {state for (state,) in await rows("SELECT DISTINCT state FROM headrace.jobs")} == set(State)
    for table in [
        "job_runs",
        "job_steps",
        "job_events",
        "waits",
        "job_calls",
        "job_children",
        "ai_calls",
        "schedule_firings",
    ]:
        assert await rows(f"SELECT 1 FROM headrace.{table} LIMIT 1"), table
    assert {outcome for (outcome,) in await rows("SELECT DISTINCT outcome FROM headrace.job_runs")} >= {
        "failed",
        "crashed",
        "parked",
    }
    assert len(await rows("SELECT DISTINCT error ->> 'type' FROM headrace.jobs WHERE state = 'failed'")) >= 3
    assert await rows("SELECT 1 FROM headrace.waits WHERE state = 'open' AND schema ? 'properties'")
    assert {role for (role,) in await rows("SELECT DISTINCT role FROM headrace.users")} == {
        "viewer",
        "member",
        "operator",
        "admin",
    }


async def test_inputs_and_results_are_what_their_tasks_take_and_give(week, runtime):
    for tale in week.tales:
        task = runtime.tasks[tale.submission.task]
        assert task.submission(task.decode_input(_json(tale.submission.input))).input == tale.submission.input
        if tale.state is State.COMPLETED:
            task.output_adapter.validate_python(tale.result)


async def test_a_budget_is_nearly_used_up_and_counts_what_was_spent(week, runtime, rows):
    async with runtime.database.connection() as conn:
        [budget] = (await list_budgets(conn, "installation", now=NOW))["installation"].values()
    [[spent]] = await rows(
        "SELECT sum(cost_nano_usd)::bigint FROM headrace.ai_spend WHERE day >= %s", NOW.date().replace(day=1)
    )
    assert budget.spent_nano_usd == spent > 0
    assert 0.9 < spent / budget.limit_nano_usd < 1


async def test_every_page_of_a_job_can_be_read(week, client, rows):
    picked = await rows("SELECT DISTINCT ON (task, state) id FROM headrace.jobs ORDER BY task, state, id DESC")
    assert len(picked) >= 12
    for (job_id,) in picked:
        for part in ("", "/steps", "/attempts", "/events", "/waits", "/children", "/ai-calls"):
            answer = await client.get(f"/api/v1/jobs/{job_id}{part}")
            assert answer.status_code == 200, f"{part}: {answer.text}"
    for path in (
        "/jobs?state=failed",
        "/errors",
        "/queues",
        "/workers",
        "/schedules",
        "/ai/spend",
        "/ai/budgets",
        "/ai/limits",
        "/waits",
        "/articles",
        "/articles/plan",
        "/admin/users",
        "/admin/keys",
        "/admin/audit",
    ):
        answer = await client.get(f"/api/v1{path}")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        assert answer.json(), path


async def test_every_call_that_ended_tells_what_was_said(week, client, rows):
    calls = await rows("SELECT id, job_id, state, rung, raw_answer FROM headrace.ai_calls")
    assert len(await rows("SELECT 1 FROM headrace.ai_messages")) == len(
        [state for _, _, state, _, _ in calls if state != "open"]
    )
    picked = {(state, rung): (id_, job_id, raw) for id_, job_id, state, rung, raw in calls}
    assert picked.keys() >= {("ok", "first"), ("ok", "again"), ("error", "first"), ("open", "first")}
    for (state, rung), (id_, job_id, raw) in picked.items():
        told = (await client.get(f"/api/v1/jobs/{job_id}/ai-calls/{id_}/messages")).json()
        roles = [said["role"] for said in told["messages"]]
        assert bool(roles) is (state != "open")
        assert state != "ok" or told["messages"][-1]["is_answer"]
        assert rung != "again" or roles.count("user") == 2
        assert not raw or told["messages"][-1]["text"] == raw


async def test_published_articles_are_read_by_anybody(week, client, rows):
    [[slug]] = await rows("SELECT slug FROM articles.articles WHERE published_at IS NOT NULL ORDER BY id DESC LIMIT 1")
    page = await client.get(f"/read/{slug}")
    assert page.status_code == 200
    assert "<h2" in page.text
    assert await rows("SELECT 1 FROM articles.articles WHERE version > 1 AND state = 'published'")


async def test_the_same_seed_tells_the_same_week_and_another_another():
    first, same, other = [_told(seed=seed) for seed in (7, 7, 8)]
    assert [job_row(tale) for tale in first.tales] == [job_row(tale) for tale in same.tales]
    assert first.tables == same.tables
    assert [tale.id for tale in first.tales] != [tale.id for tale in other.tales]


@pytest.mark.parametrize("hour", [3, 15])
def test_days_are_busier_than_nights_and_the_last_hours_are_busy_at_any_time(hour):
    end = NOW.replace(hour=hour)
    rhythm, dice = Rhythm(end), random.Random(1)
    moments = [rhythm.moment(dice) for _ in range(2_000)]
    assert end - timedelta(days=7) <= min(moments) < max(moments) <= end
    days = [moment.hour for moment in moments if moment < end - timedelta(hours=4)]
    assert sum(9 <= moment < 17 for moment in days) > 5 * sum(moment < 6 for moment in days)
    assert sum(moment > end - timedelta(hours=4) for moment in moments) > 100


def _told(*, seed):
    week = Week(NOW, seed=seed, jobs=150, owners=["a", "b", "c"])
    tell(week)
    return week


def _json(text):
    from headrace.json import loads

    return loads(text)
