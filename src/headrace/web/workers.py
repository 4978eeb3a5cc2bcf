"""The workers over HTTP."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from headrace.accounts.permission import Permission
from headrace.jobs import show
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime
from headrace.worker.lease import LEASE

router = APIRouter(tags=["workers"], dependencies=[needs(Permission.OPERATIONS_READ)])


class WorkerView(BaseModel):
    """A process that runs jobs."""

    id: UUID
    name: str = Field(description="Its host and process.")
    queues: list[str]
    concurrency: int = Field(description="Its slots: jobs that it may run at once.")
    running: int
    state: Literal["live", "stopping", "stopped", "dead"]
    started_at: datetime
    heartbeat_at: datetime = Field(description="When its lease was renewed last.")
    lease_until: datetime
    ended_at: datetime | None


@router.get("/workers", operation_id="list_workers")
async def show_workers(runtime: CurrentRuntime) -> list[WorkerView]:
    """List the workers of the last week, living ones first."""
    async with runtime.database.connection() as conn:
        rows = await show.list_workers(conn, timedelta(seconds=LEASE))
    return [WorkerView.model_validate(row) for row in rows]
