"""How schedules look from outside: the models of the API's answers and bodies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, Field

from headrace.jobs.states import State
from headrace.jobs.views import PREFIX, Shown
from headrace.schedules.schedule import Missed, tag_of


class ScheduleItem(BaseModel):
    """A schedule as it stands in a list."""

    name: str
    app: str | None = Field(description="The app whose code declares it; null when it was made over the API.")
    task: str
    cron: str
    timezone: str
    input: Shown = Field(description="What is sensitive in it is masked.")
    missed: Missed
    missed_limit: int
    next_at: datetime | None = Field(description="When it is due; null when it can't be, see the log.")
    paused_at: datetime | None
    retired_at: datetime | None = Field(description="Since when the app's code no longer declares it.")
    created_at: datetime
    changed_at: datetime
    links: dict[str, str]


class FiringView(BaseModel):
    """A planned time that was fired."""

    planned_at: datetime
    fired_at: datetime
    job_id: UUID | None
    state: State | None = Field(description="The job's state; null when there is no such job any more.")
    error: str | None = Field(description="Why no job was made: its input no longer fits the task.")


class ScheduleView(ScheduleItem):
    """One schedule, with what comes and what came."""

    next_times: list[datetime] = Field(description="The next five; none while it is paused or retired.")
    firings: list[FiringView] = Field(description="The last ten, newest first.")


class ScheduleTimes(BaseModel):
    """When a cron expression is due."""

    times: list[datetime] = Field(description="The next five, in UTC.")


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schedule's row as the fields of `ScheduleItem`."""
    own = f"{PREFIX}/schedules/{row['name']}"
    jobs = f"{PREFIX}/jobs?tag={quote(tag_of(row['name']))}"
    return {**row, "links": {"self": own, "pause": f"{own}/pause", "firings": f"{own}/firings", "jobs": jobs}}


def present_whole(
    row: Mapping[str, Any], next_times: Sequence[datetime], firings: Sequence[Mapping[str, Any]]
) -> ScheduleView:
    """Return a schedule with its next times and last firings."""
    return ScheduleView.model_validate({**present(row), "next_times": next_times, "firings": firings})
