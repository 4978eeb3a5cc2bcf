"""One's saved views over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from headrace.accounts import saved_view
from headrace.web.body import Body
from headrace.web.gate import SIGNED_IN, CurrentPerson
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/views", tags=["accounts"], dependencies=[SIGNED_IN])

_PLAIN = r"^[^\x00-\x1f]*$"
Name = Annotated[str, Path(min_length=1, max_length=100, pattern=_PLAIN)]


class NewView(Body):
    """A view to be kept."""

    screen: str = Field(min_length=1, max_length=200, pattern=_PLAIN, examples=["/jobs"])
    query: str = Field("", max_length=4_000, pattern=_PLAIN, examples=["state=failed&task=articles.write_article"])


class NamedView(BaseModel):
    """A screen with the query of its address, under a name of one's own."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    screen: str
    query: str
    changed_at: datetime


@router.get("", operation_id="list_views")
async def show_views(runtime: CurrentRuntime, person: CurrentPerson) -> list[NamedView]:
    """List one's saved views by name."""
    async with runtime.database.connection() as conn:
        return [NamedView.model_validate(view) for view in await saved_view.list_views(conn, person.id)]


@router.put("/{name}", operation_id="save_view")
async def save_view(name: Name, body: NewView, runtime: CurrentRuntime, person: CurrentPerson) -> NamedView:
    """Keep a view under a name, in place of the one that had it; at most 100."""
    now = runtime.clock.now
    async with runtime.database.transaction() as conn:
        saved = await saved_view.save(conn, person.id, name, screen=body.screen, asked=body.query, now=now)
    return NamedView.model_validate(saved)


@router.delete("/{name}", status_code=204, operation_id="delete_view")
async def delete_view(name: Name, runtime: CurrentRuntime, person: CurrentPerson) -> None:
    """Delete one of one's views."""
    async with runtime.database.connection() as conn:
        await saved_view.delete(conn, person.id, name)
