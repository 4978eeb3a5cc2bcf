"""The queues over HTTP: what waits, since when, who serves it, and the pause."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.queues import Queue, list_queues, set_pause
from headrace.jobs.views import TallyView
from headrace.runtime import Runtime
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["queues"])


class QueueView(BaseModel):
    """A queue: a named lane of jobs."""

    name: str
    paused: bool = Field(description="Nothing is claimed from it; what runs goes on.")
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
        workers=queue.workers,
        depth=TallyView.model_validate(queue.depth, from_attributes=True),
        oldest_ready_at=queue.oldest_ready_at,
        oldest_age_seconds=queue.oldest_age.total_seconds() if queue.oldest_age is not None else None,
    )
