"""Bulk actions over HTTP: cancel, retry, replay or delete all jobs of a filter."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, JsonValue

from headrace.accounts.permission import Permission
from headrace.jobs.bulk import FILTER, Action, BulkAction, abort, list_bulk, show_bulk, start
from headrace.jobs.tally import Tally
from headrace.jobs.views import PREFIX, TallyView
from headrace.web.body import Body
from headrace.web.gate import CurrentPrincipal, needs
from headrace.web.idempotency import Idempotency
from headrace.web.job_query import JobMatch
from headrace.web.owning import confined
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["bulk actions"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])


class NewBulkAction(Body):
    """An action on all jobs of a filter."""

    action: Action = Field(strict=False)
    from_step: str | None = Field(None, examples=[None], description="Where a replay begins in each job.")
    filter: JobMatch


class BulkActionView(BaseModel):
    """A bulk action: how far it is."""

    id: UUID
    action: Action
    from_step: str | None
    state: str = Field(description="`running`, `completed` or `aborted`.")
    filter: dict[str, JsonValue] = Field(description="As it was asked for, without `id`.")
    ids: int = Field(description="How many jobs were named by `id`; 0 if the filter alone says which.")
    searched: int | None = Field(
        description="As in a list of jobs: of so many of the newest at the start it takes those it finds."
    )
    total: TallyView = Field(description="Jobs that matched at the start.")
    done: int
    skipped: int = Field(description="Jobs it did not fit, such as a finished one to cancel.")
    created_at: datetime
    finished_at: datetime | None
    links: dict[str, str]


@router.post("/bulk-actions", status_code=202, operation_id="start_bulk_action", response_model=BulkActionView)
async def start_bulk_action(
    body: NewBulkAction, principal: CurrentPrincipal, runtime: CurrentRuntime, once: Idempotency
) -> Response:
    """Cancel, retry, replay or delete all jobs of a filter that are there now, in the background."""

    async def do() -> Response:
        wanted = confined(principal, body.filter.as_filter())
        view = _view(await start(conn, body.action, wanted, from_step=body.from_step, now=runtime.clock.now))
        return Response(view.model_dump_json(), 202, {"Location": view.links["self"]}, "application/json")

    async with runtime.database.transaction() as conn:
        return await once.answer(conn, do)


@router.get("/bulk-actions", operation_id="list_bulk_actions")
async def list_bulk_actions(runtime: CurrentRuntime, principal: CurrentPrincipal) -> list[BulkActionView]:
    """List the newest hundred bulk actions."""
    async with runtime.database.connection() as conn:
        return [_view(bulk) for bulk in await list_bulk(conn, owner=principal.owner_only)]


@router.get("/bulk-actions/{bulk_id}", operation_id="show_bulk_action")
async def show_bulk_action(bulk_id: UUID, runtime: CurrentRuntime) -> BulkActionView:
    """Show how far a bulk action is."""
    async with runtime.database.connection() as conn:
        return _view(await show_bulk(conn, bulk_id))


@router.put("/bulk-actions/{bulk_id}/abortion", operation_id="abort_bulk_action")
async def abort_bulk_action(bulk_id: UUID, runtime: CurrentRuntime) -> BulkActionView:
    """End a bulk action where it is; what it did stays done."""
    async with runtime.database.transaction() as conn:
        return _view(await abort(conn, bulk_id, now=runtime.clock.now))


def _view(bulk: BulkAction) -> BulkActionView:
    wanted = FILTER.validate_python(bulk.wanted)
    return BulkActionView.model_validate(
        {
            "id": bulk.id,
            "action": bulk.action,
            "from_step": bulk.from_step,
            "state": bulk.state,
            "filter": JobMatch.of(wanted).model_dump(mode="json", exclude_defaults=True),
            "ids": bulk.named,
            "searched": None if bulk.named else wanted.searched,
            "total": TallyView.model_validate(Tally.of(bulk.total), from_attributes=True),
            "done": bulk.done,
            "skipped": bulk.skipped,
            "created_at": bulk.created_at,
            "finished_at": bulk.finished_at,
            "links": {"self": f"{PREFIX}/bulk-actions/{bulk.id}"},
        }
    )
