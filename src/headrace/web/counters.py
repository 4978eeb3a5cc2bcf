"""The counters over HTTP: series for charts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from headrace.accounts.permission import Permission
from headrace.jobs.counters import Grouping, Outcome, Point, Series, Step, Wanted, read_series, total
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["counters"], dependencies=[needs(Permission.OPERATIONS_READ)])

DEFAULT_SPAN = timedelta(hours=1)
# wide of what there can be, and well within what datetime and PostgreSQL can reckon with
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]


class Durations(BaseModel):
    """How long runs took, in ms: the mean is exact, the quantiles are right within a fifth."""

    mean: float
    p50: float
    p95: float
    p99: float


class CountView(BaseModel):
    """Runs that ended within a time."""

    outcomes: dict[Outcome, int] = Field(description="How many runs ended how; what is not there is 0.")
    duration_ms: Durations | None = Field(description="Of the runs that completed, failed or are retried.")
    success_rate: float | None = Field(description="Share of the completed in those that completed or failed; 0 to 1.")


class PointView(CountView):
    """One point of a series."""

    at: datetime = Field(description="The beginning of its time.")


class GroupView(BaseModel):
    """The series of one task or queue."""

    name: str
    points: list[PointView]
    total: CountView


class SeriesView(BaseModel):
    """Counters as a series; points at which nothing ended are left out."""

    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    bucket: Step
    points: list[PointView] = Field(description="Of all together; empty with `by`.")
    total: CountView
    groups: list[GroupView] = Field(description="With `by` one for each task or queue of which runs ended, by name.")


class CounterQuery(BaseModel):
    """Which counters to read."""

    model_config = ConfigDict(extra="forbid")

    task: str | None = None
    queue: str | None = None
    begin: Moment | None = Field(None, alias="from", description="An hour before `to` unless given.")
    end: Moment | None = Field(None, alias="to", description="Not counted in itself; now unless given.")
    bucket: Step | None = Field(None, description="What one point covers; by the length of the time unless given.")

    by: Grouping | None = Field(None, description="A series for each task or queue, of at most 200 points.")

    def as_wanted(self, now: datetime) -> Wanted:
        """Return what to read; the last minute counts in when no end is given."""
        end = self.end or now + timedelta(minutes=1)
        begin = self.begin or end - DEFAULT_SPAN
        step = self.bucket or Step.fitting(end - begin)
        return Wanted(begin=begin, end=end, step=step, task=self.task, queue=self.queue, by=self.by)


@router.get("/counters", operation_id="show_counters")
async def show_counters(runtime: CurrentRuntime, asked: Annotated[CounterQuery, Query()]) -> SeriesView:
    """Show how many runs ended how, and how long they took, as a series; older than six hours it is kept by the hour."""
    wanted = asked.as_wanted(runtime.clock.now or datetime.now(UTC))
    async with runtime.database.connection() as conn:
        found = await read_series(conn, wanted)
    totals = {name: total(series.values()) for name, series in found.items()}
    return SeriesView(
        begin=wanted.begin,
        end=wanted.end,
        bucket=wanted.step,
        points=_points(found.get(None, {})),
        total=present_count(total(totals.values())),
        groups=[
            GroupView(name=name, points=_points(series), total=present_count(totals[name]))
            for name, series in found.items()
            if name is not None
        ],
    )


def present_count(point: Point) -> CountView:
    """Return what ended within a time as the API shows it."""
    return CountView(outcomes=point.outcomes, duration_ms=_durations(point), success_rate=point.success_rate)


def _points(series: Series) -> list[PointView]:
    return [PointView(at=at, **present_count(point).model_dump()) for at, point in series.items()]


def _durations(point: Point) -> Durations | None:
    if point.mean is None:
        return None
    quantiles = {name: _ms(point.quantile(share)) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return Durations(mean=_ms(point.mean), **quantiles)


def _ms(duration: timedelta | None) -> float:
    return round((duration or timedelta(0)) / timedelta(milliseconds=1), 1)
