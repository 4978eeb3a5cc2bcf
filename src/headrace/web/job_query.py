"""What a list of jobs may be asked for, and the page that answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from headrace.errors import InvalidInput
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.states import State
from headrace.jobs.views import JobItem
from headrace.web.paging import PAGE, PAGE_MAX, Page, decode_cursor

MANY = 50
IDS_MAX = 1_000

_PLACE = TypeAdapter(tuple[UUID])


class JobSearch(BaseModel):
    """Which jobs are looked for; what is left out does not narrow."""

    model_config = ConfigDict(extra="forbid")

    state: list[State] = Field(default_factory=list, max_length=MANY)
    task: list[str] = Field(default_factory=list, max_length=MANY)
    queue: list[str] = Field(default_factory=list, max_length=MANY)
    owner: str | None = None
    tag: str | None = None
    created_from: AwareDatetime | None = None
    created_until: AwareDatetime | None = None
    min_seconds: float | None = Field(
        None, ge=0, le=1e9, description="Finished jobs whose last run took at least this."
    )
    max_seconds: float | None = Field(None, ge=0, le=1e9, description="Finished jobs whose last run took at most this.")
    min_cost_nano_usd: int | None = Field(None, ge=1, le=10**17, description="Jobs whose AI calls cost at least this.")
    error: str | None = Field(None, min_length=1, max_length=200, description="Part of the error's message.")
    fingerprint: str | None = Field(None, min_length=1, max_length=100, description="Jobs that failed by this error.")
    input: list[str] = Field(
        default_factory=list, max_length=10, description="`path=value` of the input, such as `customer.id=7`."
    )
    children: bool = Field(True, description="Whether to list jobs, too, that another job called.")  # noqa: FBT003

    def as_filter(self) -> JobFilter:
        """Return what the list's query takes; raises `InvalidInput`."""
        return JobFilter(
            states=self.state,
            tasks=self.task,
            queues=self.queue,
            owner=self.owner,
            tag=self.tag,
            created_from=self.created_from,
            created_until=self.created_until,
            shortest=None if self.min_seconds is None else timedelta(seconds=self.min_seconds),
            longest=None if self.max_seconds is None else timedelta(seconds=self.max_seconds),
            least_cost=self.min_cost_nano_usd,
            error_text=_storable(self.error, "error"),
            fingerprint=_storable(self.fingerprint, "fingerprint"),
            input_values=dict(_path_and_value(text) for text in self.input),
            without_children=not self.children,
        )


class JobMatch(JobSearch):
    """Which jobs are meant: what a list of them may be asked for, and their ids."""

    id: list[UUID] | None = Field(None, min_length=1, max_length=IDS_MAX, description="These jobs, if the rest fits.")

    def as_filter(self) -> JobFilter:
        """Return what the list's query takes; raises `InvalidInput`."""
        try:
            return replace(super().as_filter(), ids=self.id or ())
        except InvalidInput as invalid:
            raise InvalidInput(str(invalid), pointer=f"/filter{invalid.pointer}") from None

    @classmethod
    def of(cls, wanted: JobFilter) -> JobMatch:
        """Return what a filter was made of, but for its ids."""
        return cls(
            state=list(wanted.states),
            task=list(wanted.tasks),
            queue=list(wanted.queues),
            owner=wanted.owner,
            tag=wanted.tag,
            created_from=wanted.created_from,
            created_until=wanted.created_until,
            min_seconds=None if wanted.shortest is None else wanted.shortest.total_seconds(),
            max_seconds=None if wanted.longest is None else wanted.longest.total_seconds(),
            min_cost_nano_usd=wanted.least_cost,
            error=wanted.error_text,
            fingerprint=wanted.fingerprint,
            input=[f"{path}={value}" for path, value in wanted.input_values.items()],
            children=not wanted.without_children,
        )


class JobQuery(JobSearch):
    """Which jobs to list."""

    limit: int = Field(PAGE, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(None, max_length=1_000)

    def as_filter(self) -> JobFilter:
        """Return what the list's query takes; raises `InvalidInput`, for a foreign cursor too."""
        before = decode_cursor(self.cursor, _PLACE)[0] if self.cursor else None
        return replace(super().as_filter(), before=before)


class JobPage(Page[JobItem]):
    """A page of jobs."""

    searched: int | None = Field(
        None,
        description="Duration, cost, error and input are looked for in so many of the newest jobs, a fingerprint in those "
        "that failed; null without them.",
    )


def _path_and_value(text: str) -> tuple[str, str]:
    path, sign, value = text.partition("=")
    if not sign or not path or len(text) > 500:
        raise InvalidInput(
            "An input filter is path=value, such as customer.id=7, at most 500 characters", pointer="/input"
        )
    return str(_storable(path, "input")), str(_storable(value, "input"))


def _storable(text: str | None, name: str) -> str | None:
    if text is not None and "\0" in text:
        raise InvalidInput(f"The filter {name} contains the character NUL; remove it", pointer=f"/{name}")
    return text
