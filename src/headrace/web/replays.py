"""Replays over HTTP: a finished job again from one of its steps, or with another input, and beforehand what that means."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, JsonValue

from headrace.accounts.permission import Permission
from headrace.ai.step_costs import StepCost, step_costs
from headrace.db.connect import Connection
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs import replay, show
from headrace.jobs.job import Submission
from headrace.jobs.replay import Preview, Replayed
from headrace.jobs.views import AcceptedJob
from headrace.runtime import Runtime
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.idempotency import Idempotency
from headrace.web.runtime import CurrentRuntime
from headrace.web.submission import accepted_again

router = APIRouter(tags=["jobs"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])

NO_COST = StepCost(0, 0, 0)


class NewReplay(Body):
    """A finished job again."""

    from_step: str | None = Field(
        None, description="The steps finished before it answer from storage. Without it every step runs again."
    )
    input: JsonValue = Field(None, description="Another input; left out, that of the job.")


class StepPreview(BaseModel):
    """A finished step, and what it did outside of its job."""

    name: str
    kind: Literal["step", "transaction", "ai", "answer", "sleep", "children"] = Field(
        description="`transaction`: it wrote rows of an app. `ai`: it asked a model. `answer`: somebody answered. "
        "`children`: it called other jobs."
    )
    took_ms: int
    ai_calls: int
    cost_nano_usd: int | None = Field(
        description="What its AI calls cost, or those of its children; null when that is not known."
    )


class ReplayPreview(BaseModel):
    """What a replay would do; a step that never finished is not in it."""

    from_step: str | None
    stored: list[StepPreview] = Field(description="These answer from storage.")
    again: list[StepPreview] = Field(description="These run again.")
    estimated_cost_nano_usd: int = Field(description="What the steps that run again cost when they ran.")
    is_cost_known: bool = Field(description="False when a part of that cost is unknown: the estimate is too low.")


@router.post("/jobs/{job_id}/replays", status_code=202, response_model=AcceptedJob, operation_id="replay_job")
async def replay_job(job_id: UUID, body: NewReplay, runtime: CurrentRuntime, once: Idempotency) -> Response:
    """Submit a finished job again from one of its steps: a new job that inherits the steps finished before it."""
    topics = {JOBS}

    async def do() -> Response:
        changed = await _changed(conn, job_id, body, runtime)
        job = await replay.replay(conn, job_id, body.from_step, changed=changed, now=runtime.clock.now)
        topics.add(queue_topic(job.queue))
        return accepted_again(job)

    async with runtime.database.transaction() as conn:
        answer = await once.answer(conn, do)
    runtime.wakeups.mark(topics)
    return answer


@router.get("/jobs/{job_id}/replays/preview", operation_id="preview_replay")
async def preview_replay(
    job_id: UUID, runtime: CurrentRuntime, from_step: Annotated[str | None, Query()] = None
) -> ReplayPreview:
    """Show what a replay would do: which steps run again, which answer from storage, and what it may cost."""
    async with runtime.database.connection() as conn:
        found = await replay.preview(conn, job_id, from_step)
        costs = await step_costs(conn, {step.done_by for step in (*found.stored, *found.again) if step.done_by})
    return _view(found, from_step, costs)


async def _changed(conn: Connection, job_id: UUID, body: NewReplay, runtime: Runtime) -> Submission | None:
    if "input" not in body.model_fields_set:
        return None
    old = await show.show_job(conn, job_id)
    return runtime.task(old["task"]).submission(body.input, owner=old["owner"])


def _cost(step: Replayed, costs: dict[tuple[UUID, int, str], StepCost]) -> StepCost | None:
    if step.done_by is None or (step.kind == "children" and step.children_nano_usd is None):
        return None
    if step.children_nano_usd is not None:
        return StepCost(step.children_nano_usd, 0, 0)
    return costs.get((step.done_by, step.done_in or 0, step.name), NO_COST)


def _view(found: Preview, from_step: str | None, costs: dict[tuple[UUID, int, str], StepCost]) -> ReplayPreview:
    def view(step: Replayed) -> StepPreview:
        cost = _cost(step, costs)
        return StepPreview(
            name=step.name,
            kind="ai" if cost and cost.calls else step.kind,
            took_ms=round(step.took.total_seconds() * 1000),
            ai_calls=cost.calls if cost else 0,
            cost_nano_usd=None if cost is None or cost.unpriced else cost.cost_nano_usd,
        )

    again = [view(step) for step in found.again]
    return ReplayPreview(
        from_step=from_step,
        stored=[view(step) for step in found.stored],
        again=again,
        estimated_cost_nano_usd=sum(step.cost_nano_usd or 0 for step in again),
        is_cost_known=all(step.cost_nano_usd is not None for step in again),
    )
