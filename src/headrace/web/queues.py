"""The queues over HTTP: what waits, since when, who serves it, and the pause."""

from datetime import datetime, timedelta
from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from headrace.accounts.permission import Permission
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.limits import Rate
from headrace.jobs.queues import Queue, list_queues, set_limits, set_pause
from headrace.jobs.views import TallyView
from headrace.runtime import Runtime
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["queues"], dependencies=[needs(Permission.OPERATIONS_READ, to_change=Permission.QUEUES_WRITE)])


class QueueView(BaseModel):
    """A queue: a named lane of jobs."""

    name: str
    paused: bool = Field(description="Nothing is claimed from it; what runs goes on.")
    concurrency: int | None = Field(description="Jobs of it that run at once, on all workers; null for no limit.")
    spacing_seconds: float | None = Field(description="Least time between two claims; null for no limit.")
    workers: int = Field(description="Live workers that serve it.")
    depth: TallyView = Field(description="Ready jobs.")
    oldest_ready_at: datetime | None = Field(description="When the oldest ready job became ready.")
    oldest_age_seconds: float | None


@router.get("/queues", operation_id="list_queues")
async def show_queues(runtime: CurrentRuntime) -> list[QueueView]:
    """List the queues by name: those of the tasks, of live workers, and those that hold ready jobs."""
    async with runtime.database.connection() as conn:
        return [_view(queue) for queue in await list_queues(conn, _known(runtime), now=runtime.clock.now)]


@router.put("/queues/{name}/pause", operation_id="pause_queue")
async def pause_queue(name: str, runtime: CurrentRuntime) -> QueueView:
    """Pause a queue: nothing more is claimed from it, what runs goes on."""
    return await _set_pause(runtime, name, paused=True)


@router.delete("/queues/{name}/pause", operation_id="resume_queue")
async def resume_queue(name: str, runtime: CurrentRuntime) -> QueueView:
    """End the pause of a queue."""
    return await _set_pause(runtime, name, paused=False)


class QueueRate(Body):
    """At most `count` claims in `seconds`, evenly spaced."""

    count: int = Field(ge=1, le=1_000_000)
    seconds: float = Field(gt=0, le=86_400 * 366)

    @model_validator(mode="after")
    def _are_apart(self) -> Self:
        if self.seconds / self.count < 1e-6:
            raise ValueError("claims less than a microsecond apart are not told apart; lift the limit instead")
        return self


class QueueLimits(Body):
    """What a queue is bounded to; null lifts a limit."""

    concurrency: int | None = Field(None, ge=1, le=1_000_000)
    rate: QueueRate | None = None


@router.put("/queues/{name}/limits", operation_id="limit_queue")
async def limit_queue(name: str, limits: QueueLimits, runtime: CurrentRuntime) -> QueueView:
    """Bound how many jobs of a queue run at once on all workers, and how fast they are claimed."""
    rate = Rate(limits.rate.count, per=timedelta(seconds=limits.rate.seconds)) if limits.rate else None
    async with runtime.database.transaction() as conn:
        queue = await set_limits(
            conn, name, _known(runtime), concurrency=limits.concurrency, rate=rate, now=runtime.clock.now
        )
    runtime.wakeups.mark({JOBS, queue_topic(name)})
    return _view(queue)


async def _set_pause(runtime: Runtime, name: str, *, paused: bool) -> QueueView:
    async with runtime.database.transaction() as conn:
        queue = await set_pause(conn, name, _known(runtime), paused=paused, now=runtime.clock.now)
    runtime.wakeups.mark({JOBS} if paused else {JOBS, queue_topic(name)})
    return _view(queue)


def _known(runtime: Runtime) -> set[str]:
    return {task.queue for task in runtime.tasks.values()}


def _view(queue: Queue) -> QueueView:
    return QueueView(
        name=queue.name,
        paused=queue.paused,
        concurrency=queue.concurrency,
        spacing_seconds=queue.spacing.total_seconds() if queue.spacing else None,
        workers=queue.workers,
        depth=TallyView.model_validate(queue.depth, from_attributes=True),
        oldest_ready_at=queue.oldest_ready_at,
        oldest_age_seconds=queue.oldest_age.total_seconds() if queue.oldest_age is not None else None,
    )
