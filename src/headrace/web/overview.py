"""The state of everything in one small answer: what the dashboard's first screen shows at a glance."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from headrace.accounts.permission import Permission
from headrace.ai.budgets import list_budgets
from headrace.ai.call import INSTALLATION
from headrace.ai.spend import By, sum_spend
from headrace.ai.views import BudgetView, present_budget
from headrace.db.connect import Connection
from headrace.jobs.counters import Step, Wanted, read_series, total
from headrace.jobs.failures import FailureFilter, group_failures
from headrace.jobs.gauges import LivingWorker, read_workers
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.queues import Queue, list_queues
from headrace.jobs.state_counts import count_states
from headrace.jobs.states import State
from headrace.jobs.tally import Tally
from headrace.jobs.views import TallyView
from headrace.web.counters import CountView, present_count
from headrace.web.failures import DEFAULT_SPAN, ErrorGroups, present_errors
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["counters"], dependencies=[needs(Permission.OPERATIONS_READ)])

ERRORS = 5


class OldestJob(BaseModel):
    """The ready job that has waited longest."""

    queue: str
    ready_at: datetime
    age_seconds: float


class Workforce(BaseModel):
    """The workers that hold their lease, together."""

    count: int
    slots: int = Field(description="Jobs that they may run at once.")
    running: int


class Overview(BaseModel):
    """The state of everything at a moment; days are those of UTC."""

    at: datetime
    states: dict[State, TallyView] = Field(description="Jobs by state, each counted up to 10,000.")
    today: CountView = Field(description="Runs that ended today.")
    spent_today_nano_usd: int = Field(description="What today's AI calls came to.")
    budget: BudgetView | None = Field(description="What the installation may spend; null without a budget.")
    oldest: OldestJob | None
    workers: Workforce
    errors: ErrorGroups = Field(description="The latest five of the last 24 hours.")


@router.get("/overview", operation_id="show_overview")
async def show_overview(runtime: CurrentRuntime) -> Overview:
    """Show how many jobs stand where, what ended and was spent today, who works, and the latest errors."""
    now = runtime.clock.now or datetime.now(UTC)
    known = {task.queue for task in runtime.tasks.values()}
    async with runtime.database.connection() as conn:
        queues = await list_queues(conn, known, now=runtime.clock.now)
        budgets = await list_budgets(conn, INSTALLATION, now=runtime.clock.now)
        return Overview(
            at=now,
            states={state: _tally(tally) for state, tally in (await count_states(conn, JobFilter())).items()},
            today=await _ended_today(conn, now),
            spent_today_nano_usd=sum(
                row["cost_nano_usd"] for row in await sum_spend(conn, By.DAY, now.date(), now.date())
            ),
            budget=present_budget(INSTALLATION, budgets[INSTALLATION]) if INSTALLATION in budgets else None,
            oldest=_oldest(queues),
            workers=_workforce(await read_workers(conn, now=runtime.clock.now)),
            errors=await _latest_errors(conn, now),
        )


async def _ended_today(conn: Connection, now: datetime) -> CountView:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found = await read_series(conn, Wanted(begin=midnight, end=now + timedelta(minutes=1), step=Step.HOUR))
    return present_count(total(found.get(None, {}).values()))


async def _latest_errors(conn: Connection, now: datetime) -> ErrorGroups:
    wanted = FailureFilter(begin=now - DEFAULT_SPAN, end=now + timedelta(seconds=1))
    return present_errors(wanted, await group_failures(conn, wanted, limit=ERRORS))


def _oldest(queues: list[Queue]) -> OldestJob | None:
    waiting = [
        OldestJob(queue=queue.name, ready_at=queue.oldest_ready_at, age_seconds=queue.oldest_age.total_seconds())
        for queue in queues
        if queue.oldest_ready_at is not None and queue.oldest_age is not None
    ]
    return min(waiting, key=lambda job: job.ready_at, default=None)


def _workforce(workers: list[LivingWorker]) -> Workforce:
    living = [worker for worker in workers if worker.lease_left > timedelta(0)]
    return Workforce(
        count=len(living),
        slots=sum(worker.concurrency for worker in living),
        running=sum(worker.running for worker in living),
    )


def _tally(tally: Tally) -> TallyView:
    return TallyView.model_validate(tally, from_attributes=True)
