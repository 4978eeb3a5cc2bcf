"""How jobs look from outside: the models of the API's answers and bodies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, JsonValue

from headrace.jobs.job import Submitted
from headrace.jobs.sensitive import masked
from headrace.jobs.states import State
from headrace.jobs.why import Reason, Why

PREFIX = "/api/v1"

Shown = Annotated[JsonValue, BeforeValidator(masked)]


class Progress(BaseModel):
    """How far a job says it is."""

    fraction: float
    note: str | None = None


class JobError(BaseModel):
    """Why a run or a job failed."""

    code: str = "error"
    message: str = ""
    type: str | None = None
    traceback: str | None = Field(None, description="Left out of lists.")
    fingerprint: str | None = Field(None, description="The same for the same error at the same place in the code.")


class JobItem(BaseModel):
    """A job as it stands in a list: without input and result."""

    id: UUID
    task: str
    queue: str
    state: State
    priority: int
    owner: str | None
    unique_key: str | None
    tags: list[str]
    run: int = Field(description="How many executions it had; resumed ones count too.")
    failures: int = Field(description="Failed runs; `attempts` bounds these.")
    attempts: int
    crashes: int
    progress: Progress | None
    events: int = Field(description="Number of the last event.")
    cost_nano_usd: int = Field(0, description="What its AI calls cost so far; those of unknown price count as nothing.")
    input_tokens: int = Field(0, description="Tokens that its AI calls read.")
    output_tokens: int = Field(0, description="Tokens that they wrote, reasoning included.")
    created_at: datetime
    run_at: datetime | None
    ready_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested_at: datetime | None
    retry_of: UUID | None
    parent_id: UUID | None = Field(description="The job that called this one.")
    error: JobError | None
    links: dict[str, str]


class TallyView(BaseModel):
    """A number that is exact up to a cap."""

    count: int
    is_exact: bool = Field(description="False when there are more than `count`.")
    text: str = Field(examples=["10,000+"])


class StateCounts(BaseModel):
    """How many jobs are in each state."""

    states: dict[State, TallyView] = Field(description="Where it is not exact there are at least `count`.")


class WhyView(BaseModel):
    """What an unfinished job waits for."""

    reason: Reason
    detail: str = Field(description="The same for people.")
    until: datetime | None = None
    position: TallyView | None = Field(None, description="Its place in the queue's line; 1 is next.")


class ChildCounts(BaseModel):
    """The children of a job's calls, as they were counted at their ends."""

    count: int
    unfinished: int
    failed: int = Field(description="Failed or cancelled ones.")


class JobView(JobItem):
    """One job with its input, its result and the receipt of its cancellation."""

    why: WhyView | None = Field(None, description="Why it is not running; null when it runs or has ended.")

    input: Shown = Field(description="What is sensitive in it is masked.")
    result: JsonValue
    children: ChildCounts = Field(description="The jobs that it called; the list of children has them.")
    cancellation: dict[str, JsonValue] | None = Field(
        description="Reason, how it was stopped, how long that took, and what its AI calls had cost."
    )


class EventView(BaseModel):
    """One entry of what a job reported."""

    seq: int
    at: datetime
    type: str
    data: JsonValue


class EventPage(BaseModel):
    """Events in their order."""

    items: list[EventView]
    next_after: int | None = Field(description="Pass it as `after` for the next page; null when there is no more yet.")


class UpdateView(BaseModel):
    """A message of a job's stream."""

    event: str
    data: JsonValue


class UpdatePage(BaseModel):
    """What a job and its children had to tell, in the order of the stream."""

    items: list[UpdateView]
    after: str = Field(description="Pass it as `after` the next time: the place in all of them.")
    has_more: bool = Field(description="There is more already: ask again at once.")


class StepView(BaseModel):
    """A finished step; it never runs again."""

    name: str
    run: int = Field(description="The run that did it; 0 when it was inherited by a retry.")
    started_at: datetime
    finished_at: datetime
    result: JsonValue


class AttemptView(BaseModel):
    """One execution of a job under a lease."""

    run: int
    worker_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str = Field(
        description="`running`, `failed`, `released` (given back), `crashed`, `parked`, or the job's final state."
    )
    error: JobError | None


class AcceptedJob(BaseModel):
    """What a submission is answered with: the job is committed."""

    id: UUID
    task: str
    queue: str
    state: State
    created: bool = Field(description="False when an unfinished job with the unique key was there already: this is it.")
    replaced: bool = Field(description="That job had not begun, and took over this submission's input and start.")
    links: dict[str, str]


class Cancelled(BaseModel):
    """`cancelled`, or `running` when the worker has yet to stop it."""

    id: UUID
    state: State
    links: dict[str, str]


def links(job_id: UUID) -> dict[str, str]:
    """Return where the parts of a job are."""
    own = f"{PREFIX}/jobs/{job_id}"
    parts = ("events", "steps", "attempts", "cancellation", "retry", "replays", "children")
    return {"self": own, **{part: f"{own}/{part}" for part in parts}}


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's row as the fields of `JobItem` or `JobView`."""
    progress = {"fraction": row["progress"], "note": row["progress_note"]} if row["progress"] is not None else None
    spent = {name: row.get(name) or 0 for name in ("cost_nano_usd", "input_tokens", "output_tokens")}
    return {**row, **spent, "progress": progress, "links": links(row["id"])}


def present_why(why: Why | None) -> WhyView | None:
    """Return why a job is not running as the API shows it."""
    return WhyView.model_validate(why, from_attributes=True) if why else None


def accepted(submitted: Submitted, task: str, queue: str) -> AcceptedJob:
    """Return the answer to a submission."""
    return AcceptedJob(
        id=submitted.id,
        task=task,
        queue=queue,
        state=submitted.state,
        created=submitted.created,
        replaced=submitted.replaced,
        links=links(submitted.id),
    )
