"""The children of a job over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, TypeAdapter

from headrace.accounts.permission import Permission
from headrace.jobs import show
from headrace.jobs.states import State
from headrace.jobs.views import JobError, links
from headrace.web.gate import needs
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["jobs"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])

_PLACE = TypeAdapter(tuple[UUID, int])
_BEFORE_ALL = (UUID(int=0), -1)


class ChildView(BaseModel):
    """A job that another one called; all but its id and place is null once it is deleted."""

    step: str = Field(description="The call it came by, as the parent's steps name it.")
    place: int = Field(description="Of its input among those of the call, from 0.")
    id: UUID
    task: str | None
    queue: str | None
    state: State | None
    run: int | None
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    error: JobError | None
    links: dict[str, str]


@router.get("/jobs/{job_id}/children", operation_id="list_children")
async def show_children(
    job_id: UUID, runtime: CurrentRuntime, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ChildView]:
    """List the jobs that a job called, in the order of its calls and their inputs."""
    call, place = decode_cursor(cursor, _PLACE) if cursor else _BEFORE_ALL
    async with runtime.database.connection() as conn:
        rows = await show.list_children(conn, job_id, call=call, place=place, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=[_view(row) for row in rows[:limit]],
        next_cursor=encode_cursor(last["call_id"], last["place"]) if last else None,
    )


def _view(row: dict[str, Any]) -> ChildView:
    return ChildView.model_validate({**row, "links": links(row["id"])})
