"""Retention over HTTP: the policy, and what it would delete now."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from headrace.accounts.permission import Permission
from headrace.jobs.states import State
from headrace.jobs.upkeep.retention import Due, Policy, preview
from headrace.jobs.views import TallyView
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["retention"], dependencies=[needs(Permission.OPERATIONS_READ)])


class DueView(BaseModel):
    """Jobs of one state that are old enough to go."""

    state: State
    before: datetime = Field(description="They ended before this.")
    jobs: TallyView
    size_bytes: int = Field(description="What the counted ones hold.")


class RetentionView(BaseModel):
    """How long finished jobs and the audit log are kept, and which jobs would go now: nothing is deleted by asking."""

    keep_days: dict[State, float | None] = Field(description="By final state; null keeps them for ever.")
    keep_audit_days: float | None = Field(description="An entry of the audit log; null keeps it for ever.")
    budget_bytes: int | None = Field(description="What finished jobs may hold together; null sets no limit.")
    held_bytes: int = Field(description="What they hold: inputs, results, steps, events and their rows.")
    excess_bytes: int = Field(description="By how much that is over the budget; the oldest go until it is not.")
    due: list[DueView]


@router.get("/retention", operation_id="show_retention")
async def show_retention(runtime: CurrentRuntime) -> RetentionView:
    """Show how long finished jobs are kept, and what the next run would delete."""
    policy = Policy.of(runtime.settings)
    async with runtime.database.connection() as conn:
        found = await preview(conn, policy, now=runtime.clock.now)
    ages = {state: policy.keep.get(state) for state in State if state.is_final}
    return RetentionView(
        keep_days={state: age.total_seconds() / 86_400 if age is not None else None for state, age in ages.items()},
        keep_audit_days=runtime.settings.keep_audit_days or None,
        budget_bytes=policy.budget_bytes,
        held_bytes=found.held_bytes,
        excess_bytes=found.excess_bytes,
        due=[_view(due) for due in found.due],
    )


def _view(due: Due) -> DueView:
    jobs = TallyView.model_validate(due.jobs, from_attributes=True)
    return DueView(state=due.state, before=due.before, jobs=jobs, size_bytes=due.size_bytes)
