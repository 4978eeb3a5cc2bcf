"""The waits over HTTP: what jobs wait for, answered by people here and by programs at their callback's address."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from headrace.accounts.permission import Permission
from headrace.errors import NotFound
from headrace.jobs.answers import Answer, answer
from headrace.jobs.views import links
from headrace.jobs.wait import WaitState
from headrace.jobs.waits import list_job_waits, list_waits, show_wait
from headrace.json import parse
from headrace.web.body import Body
from headrace.web.gate import ANYBODY, CurrentPrincipal, needs
from headrace.web.owning import signature
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["waits"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])
# whoever has a callback's address may answer it
callbacks = APIRouter(tags=["waits"], dependencies=[ANYBODY])

_PLACE: TypeAdapter[tuple[UUID]] = TypeAdapter(tuple[UUID])
_NEWEST = UUID(int=(1 << 128) - 1)


class WaitView(BaseModel):
    """What a job waits for, or waited for."""

    id: UUID
    job_id: UUID
    task: str
    owner: str | None
    name: str
    kind: str = Field(description="`answer`: somebody has to answer; `sleep`: its time has to come.")
    state: WaitState
    answer_schema: dict[str, JsonValue] | None = Field(
        None, validation_alias="schema", description="JSON schema of the answer."
    )
    opened_at: datetime
    due_at: datetime | None = Field(description="When it ends by itself; null for never.")
    settled_at: datetime | None
    answer: JsonValue
    answered_by: str | None
    comment: str | None
    refusals: int = Field(description="How many answers did not fit.")
    refused: JsonValue = Field(description="The last of them, and what was wrong.")
    links: dict[str, str]


class WaitAnswer(Body):
    """A person's answer to a wait."""

    answer: JsonValue
    by: str | None = Field(
        None, min_length=1, max_length=200, description="Who answers; with an account it is its e-mail address."
    )
    comment: str | None = Field(None, max_length=8_000)


class AnswerReceipt(BaseModel):
    """The answer is stored."""

    name: str
    answered_at: datetime


class CallbackReceipt(BaseModel):
    """The answer is stored."""

    answered_at: datetime


Kinds = Annotated[str, Query(max_length=50, description="What ends the wait.")]


@router.get("/waits", operation_id="list_waits")
async def show_waits(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    *,
    state: WaitState = WaitState.OPEN,
    kind: Kinds = "answer",
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Page[WaitView]:
    """List waits, newest first: what people or callbacks have yet to answer, unless asked otherwise."""
    before = decode_cursor(cursor, _PLACE)[0] if cursor else _NEWEST
    async with runtime.database.connection() as conn:
        rows = await list_waits(conn, state, kind, owner=principal.owner_only, before=before, limit=limit + 1)
    items = [_view(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


@router.get("/waits/{wait_id}", operation_id="show_wait")
async def show_one(wait_id: UUID, runtime: CurrentRuntime) -> WaitView:
    """Show a wait, with the JSON schema of the answer for a form."""
    async with runtime.database.connection() as conn:
        return _view(await show_wait(conn, wait_id))


@router.get("/jobs/{job_id}/waits", operation_id="list_job_waits")
async def show_waits_of_job(job_id: UUID, runtime: CurrentRuntime) -> list[WaitView]:
    """List the waits of a job, in the order it opened them."""
    async with runtime.database.connection() as conn:
        return [_view(row) for row in await list_job_waits(conn, job_id)]


@router.put("/waits/{wait_id}/answer", operation_id="answer_wait")
async def answer_wait(
    wait_id: UUID, body: WaitAnswer, runtime: CurrentRuntime, principal: CurrentPrincipal
) -> AnswerReceipt:
    """Answer a wait as a person: the job goes on with it. The same answer again is answered the same."""
    given = Answer(value=body.answer, by=signature(principal, body.by), comment=body.comment, prefix="/answer")
    receipt = await answer(runtime.database, given, wait_id=wait_id, now=runtime.clock.now)
    return AnswerReceipt(name=receipt.name, answered_at=receipt.answered_at)


@callbacks.post(
    "/callbacks/{token}",
    operation_id="call_back",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}},
)
async def call_back(
    token: Annotated[str, Path(max_length=200)], request: Request, runtime: CurrentRuntime
) -> CallbackReceipt:
    """Answer a wait at the address that its job gave out; the body is the answer."""
    number = runtime.addresses.number_of(token)
    if number is None:
        raise NotFound("There is nothing at this address")
    given = Answer(value=parse(await request.body()))
    receipt = await answer(runtime.database, given, address=number, now=runtime.clock.now)
    return CallbackReceipt(answered_at=receipt.answered_at)


def _view(row: dict[str, Any]) -> WaitView:
    own = f"/api/v1/waits/{row['id']}"
    where = {"self": own, "answer": f"{own}/answer", "job": links(row["job_id"])["self"]}
    return WaitView.model_validate({**row, "links": where})
