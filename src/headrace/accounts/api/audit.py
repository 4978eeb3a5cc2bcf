"""The audit log over HTTP, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, TypeAdapter

from headrace.accounts.api.views import AuditView
from headrace.accounts.audit import Search, search
from headrace.accounts.permission import Permission
from headrace.web.gate import needs
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])

_PLACE: TypeAdapter[tuple[UUID]] = TypeAdapter(tuple[UUID])


@router.get("/audit", operation_id="list_audit")
async def list_audit(  # noqa: PLR0917 - the filters are the query's parameters
    runtime: CurrentRuntime,
    actor: Annotated[UUID | None, Query(description="Id of the user who did it.")] = None,
    action: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", examples=["user.changed"])] = None,
    target: Annotated[
        str | None, Query(max_length=400, pattern=r"^[^\x00]*$", description="`user:` and an id.")
    ] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Page[AuditView]:
    """List what was done, newest first."""
    wanted = Search(
        actor_id=actor,
        action=action,
        target=target,
        since=since,
        until=until,
        before=decode_cursor(cursor, _PLACE)[0] if cursor else None,
    )
    async with runtime.database.connection() as conn:
        rows = await search(conn, wanted, limit=limit + 1)
    items = [AuditView.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)
