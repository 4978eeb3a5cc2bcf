"""Making the week: people, then what the apps tell, then all rows and what is counted of them, in one transaction."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from headrace.ai.budget import Period
from headrace.ai.budgets import list_budgets, set_budgets
from headrace.ai.call import INSTALLATION
from headrace.ai.messages import Conversation
from headrace.ai.messages import seal as seal_messages
from headrace.app import App
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.demo import people
from headrace.demo.job_row import job_row
from headrace.demo.refusal import refuse_production
from headrace.demo.rows import Row, add_new, copy_rows
from headrace.demo.tale import Tale
from headrace.demo.week import Week
from headrace.keyring import Keyring
from headrace.runtime import Runtime

# In this order: others refer to the first, and to the jobs.
_SHARED = ("headrace.workers", "headrace.queues", "headrace.schedules")
_OF_JOBS = (
    "job_runs",
    "job_steps",
    "job_events",
    "waits",
    "job_calls",
    "job_children",
    "ai_calls",
    "ai_messages",
    "limit_keys",
)
_LEAST = 100_000_000  # nano-USD: ten cents
_FIRINGS = "headrace.schedule_firings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to make, and of which dice."""

    jobs: int = 3_000
    seed: int = 7


async def seed(runtime: Runtime, plan: Plan, *, now: datetime | None = None) -> Week:
    """Make a week of work of the runtime's apps, and return it as it was told.

    Raises `SettingsError` in production. What is there already stays.
    """
    refuse_production(runtime.settings.environment)
    await runtime.scheduler.declare(now)
    async with runtime.database.transaction() as conn:
        moment = now or datetime.now(UTC)
        folk = await people.gather(conn, runtime.keyring, moment)
        is_beside = (await conn.execute("SELECT FROM headrace.jobs LIMIT 1")).rowcount > 0
        owners = people.owners(folk)
        week = Week(moment, seed=plan.seed, jobs=plan.jobs, owners=owners, is_beside=is_beside)
        people.tell_acts(week, folk)
        for app in runtime.apps:
            _tell(app, week, plan.jobs // len(runtime.apps))
        _tell_workers(week)
        _seal_messages(week, runtime.keyring)
        await _write(conn, week)
    async with runtime.database.connection() as conn:
        await conn.execute("ANALYZE")
    return week


def _tell(app: App, week: Week, jobs: int) -> None:
    if app.demo is None:
        return
    module, _, name = app.demo.partition(":")
    week.wanted = week.jobs + jobs
    cast("Callable[[Week], None]", getattr(importlib.import_module(module), name))(week)


def _tell_workers(week: Week) -> None:
    queues = sorted({tale.submission.queue for tale in week.tales})
    for hand in (*week.hands, week.lost):
        is_lost = hand.died_at is not None
        row: Row = {
            "id": hand.id,
            "name": hand.name,
            "queues": queues,
            "concurrency": 100,
            "started_at": hand.started_at,
        }
        times: Row = {"lease_until": hand.died_at or week.lease_until, "ended_at": hand.died_at}
        week.rows("headrace.workers").append(row | times | {"state": "dead" if is_lost else "live"})


def _seal_messages(week: Week, keyring: Keyring) -> None:
    for tale in week.tales:
        for row in tale.rows("ai_messages"):
            call, said = cast("UUID", row["call_id"]), cast("Conversation", row["sealed"])
            row["sealed"] = sealed = seal_messages(keyring, call, said)
            tale.stored_bytes += len(sealed)


async def _write(conn: Connection, week: Week) -> None:
    for table in _SHARED:
        await add_new(conn, table, week.tables.pop(table, []))
    jobs = [job_row(tale) for tale in week.tales]
    await copy_rows(conn, "headrace.jobs", jobs)
    rows = _gathered(week.tales)
    for table in _OF_JOBS:
        await copy_rows(conn, f"headrace.{table}", rows[f"headrace.{table}"])
    await add_new(conn, _FIRINGS, rows[_FIRINGS])
    for table, others in week.tables.items():
        await copy_rows(conn, table, others)
    ids = [tale.id for tale in week.tales]
    await conn.execute(query(__package__, "count_endings"), {"ids": ids, "now": week.now})
    await conn.execute(query(__package__, "count_spend"), {"ids": ids})
    await conn.execute(query(__package__, "count_running"), {"workers": [hand.id for hand in week.hands]})
    await _bound_spending(conn, week)


def _gathered(tales: Iterable[Tale]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for tale in tales:
        for table, own in tale.tables.items():
            rows[table] += own
    return rows


async def _bound_spending(conn: Connection, week: Week) -> None:
    """Set limits and budgets, that of the month nearly used up."""
    for name, concurrency, requests in (("openai", 40, 3_000), ("anthropic", 20, 1_000)):
        params = {"name": name, "concurrency": concurrency, "requests": requests}
        await conn.execute(query(__package__, "add_limit"), params)
    spenders = [tale.submission for tale in week.tales if tale.sums()["cost_nano_usd"]]
    for app in sorted({job.task.partition(".")[0] for job in spenders}):
        await _bound(conn, week, f"app:{app}", Period.DAY, 0.4)
    for owner in week.owners[:2]:
        await _bound(conn, week, f"owner:{owner}", Period.MONTH, 0.7)
    await _bound(conn, week, INSTALLATION, Period.MONTH, 0.94)


async def _bound(conn: Connection, week: Week, scope: str, period: Period, used: float) -> None:  # noqa: PLR0917 - a row
    """Set a budget of which so much is used up, unless the scope has one."""
    if await list_budgets(conn, scope, now=week.now):
        return
    await set_budgets(conn, scope, {period: _LEAST}, now=week.now)
    budget = (await list_budgets(conn, scope, now=week.now))[scope][period]
    await set_budgets(conn, scope, {period: max(_LEAST, round(budget.spent_nano_usd / used))}, now=week.now)
