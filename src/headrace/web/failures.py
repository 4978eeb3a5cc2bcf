"""Failed jobs grouped by their error, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from headrace.accounts.permission import Permission
from headrace.errors import InvalidInput
from headrace.jobs.failures import GROUPS_MAX, FailureFilter, FailureGroup, group_failures
from headrace.jobs.job_filter import FAILURES_SEARCHED
from headrace.web.counters import Moment
from headrace.web.gate import CurrentPrincipal, needs
from headrace.web.owning import seen_owner
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["jobs"], dependencies=[needs(Permission.JOBS_READ)])

DEFAULT_SPAN = timedelta(days=1)


class ErrorGroup(BaseModel):
    """Failed jobs whose error is the same but for names, ids and numbers in its message."""

    model_config = ConfigDict(from_attributes=True)

    fingerprint: str | None = Field(description="The list of jobs takes it as a filter.")
    jobs: int
    bins: list[int] = Field(description="How many of them failed in each of 24 equal parts of the time, oldest first.")
    first_at: datetime
    last_at: datetime
    newest: list[UUID] = Field(description="Up to five jobs, the one that failed last first.")
    tasks: list[str]
    code: str | None = Field(description="Of the newest, like type and message.")
    type: str | None
    message: str | None


class ErrorGroups(BaseModel):
    """Errors of a time, the latest first."""

    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    items: list[ErrorGroup]
    searched: int = Field(
        description="So many of the newest failed jobs (of an owner: of his newest jobs) are looked at."
    )
    is_whole: bool = Field(description="False when there are more than these, so that older ones may be missing.")


class ErrorQuery(BaseModel):
    """Which failures to group."""

    model_config = ConfigDict(extra="forbid")

    begin: Moment | None = Field(None, alias="from", description="A day before `to` unless given.")
    end: Moment | None = Field(None, alias="to", description="Not counted in itself; now unless given.")
    task: str | None = Field(None, max_length=300)
    queue: str | None = Field(None, max_length=300)
    owner: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=GROUPS_MAX)


@router.get("/errors", operation_id="list_errors")
async def show_errors(
    runtime: CurrentRuntime, principal: CurrentPrincipal, asked: Annotated[ErrorQuery, Query()]
) -> ErrorGroups:
    """Group the failed jobs of a time by their error: how many, since when, in which tasks, and the newest of them."""
    now = runtime.clock.now or datetime.now(UTC)
    end = asked.end or now + timedelta(seconds=1)
    begin = asked.begin or end - DEFAULT_SPAN
    if begin >= end:
        raise InvalidInput("`from` has to be before `to`")
    owner = seen_owner(principal, asked.owner)
    wanted = FailureFilter(begin=begin, end=end, task=asked.task, queue=asked.queue, owner=owner)
    async with runtime.database.connection() as conn:
        groups = await group_failures(conn, wanted, limit=asked.limit)
    return present_errors(wanted, groups)


def present_errors(wanted: FailureFilter, groups: list[FailureGroup]) -> ErrorGroups:
    """Return groups as the API shows them."""
    return ErrorGroups(
        begin=wanted.begin,
        end=wanted.end,
        items=[ErrorGroup.model_validate(group) for group in groups],
        searched=FAILURES_SEARCHED,
        is_whole=not groups or groups[0].looked_at < FAILURES_SEARCHED,
    )
