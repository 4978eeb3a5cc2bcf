"""AI calls, spending, limits and budgets over HTTP."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, TypeAdapter

from headrace.accounts.permission import Permission
from headrace.ai import budgets, limits
from headrace.ai.affording import release_affordable
from headrace.ai.budget import Period
from headrace.ai.messages import NOTHING, unseal
from headrace.ai.reading import read_messages
from headrace.ai.spend import By, CallFilter, list_calls, list_calls_of, sum_spend
from headrace.ai.views import (
    BudgetView,
    CallView,
    JobCallView,
    LimitView,
    MessagesView,
    Spending,
    present_budget,
    present_messages,
    present_spend,
)
from headrace.errors import Unreadable
from headrace.runtime import Runtime
from headrace.web.body import Body
from headrace.web.gate import CurrentPrincipal, needs
from headrace.web.owning import seen_owner
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime

router = APIRouter(tags=["ai"], dependencies=[needs(Permission.AI_READ)])
of_jobs = APIRouter(tags=["ai"], dependencies=[needs(Permission.JOBS_READ)])
bounds = APIRouter(tags=["ai"], dependencies=[needs(Permission.OPERATIONS_READ, to_change=Permission.AI_WRITE)])

_ID: TypeAdapter[tuple[UUID]] = TypeAdapter(tuple[UUID])
_SCOPE: TypeAdapter[tuple[str]] = TypeAdapter(tuple[str])
_SPAN = timedelta(days=29)
_NANO_USD_MAX = 10**17
_COUNT_MAX = 1_000_000_000

Name = Annotated[str | None, Query(max_length=300)]
State = Annotated[Literal["open", "ok", "error", "lost"] | None, Query()]


class Limits(Body):
    """What to bound; null or nothing is no bound."""

    concurrency: int | None = Field(None, ge=1, le=_COUNT_MAX, description="Calls that are open at once.")
    requests_per_minute: int | None = Field(None, ge=1, le=_COUNT_MAX)
    tokens_per_minute: int | None = Field(None, ge=1, le=10**12)


class Budgets(Body):
    """What a scope may spend in a day and in a month of UTC; null or nothing is no bound."""

    day_nano_usd: int | None = Field(None, ge=0, le=_NANO_USD_MAX)
    month_nano_usd: int | None = Field(None, ge=0, le=_NANO_USD_MAX)


@of_jobs.get("/jobs/{job_id}/ai-calls", operation_id="list_ai_calls_of_job")
async def show_calls_of_job(
    job_id: UUID, runtime: CurrentRuntime, cursor: Cursor = None, limit: Limit = PAGE
) -> Page[JobCallView]:
    """List the AI calls of a job in the order they were made."""
    after = decode_cursor(cursor, _ID)[0] if cursor else None
    async with runtime.database.connection() as conn:
        rows = await list_calls_of(conn, job_id, after=after, limit=limit + 1)
    items = [JobCallView.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


@router.get("/jobs/{job_id}/ai-calls/{call_id}/messages", operation_id="show_ai_messages")
async def show_messages(job_id: UUID, call_id: UUID, runtime: CurrentRuntime) -> MessagesView:
    """Show what was said in a call: what the model was told, and what came of it."""
    async with runtime.database.connection() as conn:
        kept = await read_messages(conn, job_id, call_id)
    if kept.sealed is None:
        task = runtime.tasks.get(kept.task)
        return present_messages(NOTHING, kept.why_none(is_sensitive=task is not None and task.has_sensitive_input))
    try:
        return present_messages(await asyncio.to_thread(unseal, runtime.keyring, call_id, kept.sealed))
    except Unreadable as error:
        return present_messages(NOTHING, str(error))


@router.get("/ai/calls", operation_id="list_ai_calls")
async def show_calls(  # noqa: PLR0917 - the filters are the query's parameters
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    task: Name = None,
    owner: Name = None,
    model: Annotated[str | None, Query(max_length=300, description="A provider, or provider:model.")] = None,
    state: State = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Page[CallView]:
    """List AI calls, newest first. Filters look through the newest 50,000 from the page's place on."""
    provider, _, name = (model or "").partition(":")
    wanted = CallFilter(
        task=task,
        owner=seen_owner(principal, owner),
        provider=provider or None,
        model=name or None,
        state=state,
        before=decode_cursor(cursor, _ID)[0] if cursor else None,
    )
    async with runtime.database.connection() as conn:
        rows = await list_calls(conn, wanted, limit=limit + 1)
    items = [CallView.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


@router.get("/ai/spend", operation_id="show_ai_spend")
async def show_spend(  # noqa: PLR0917 - the filters are the query's parameters
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    by: By = By.DAY,
    first: Annotated[date | None, Query(alias="from", description="First day, in UTC; 30 days ago.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day, in UTC; today.")] = None,
    task: Name = None,
    owner: Name = None,
) -> Spending:
    """Sum what calls came to, by day, task, owner or model; a call belongs to the day on which it began."""
    until = last or (runtime.clock.now or datetime.now(UTC)).date()
    since = first or max(until, date.min + _SPAN) - _SPAN
    async with runtime.database.connection() as conn:
        rows = await sum_spend(conn, by, since, until, task=task, owner=seen_owner(principal, owner))
    return Spending(first=since, last=until, items=[present_spend(row) for row in rows])


@bounds.get("/ai/limits", operation_id="list_ai_limits")
async def show_limits(runtime: CurrentRuntime) -> list[LimitView]:
    """List the limits by name, with what is in use of them now."""
    async with runtime.database.connection() as conn:
        return [LimitView.model_validate(row) for row in await limits.list_limits(conn, now=runtime.clock.now)]


@bounds.put("/ai/limits/{name:path}", operation_id="set_ai_limit")
async def set_limit(name: str, body: Limits, runtime: CurrentRuntime) -> LimitView:
    """Bound the calls to a provider (`openai`) or to one of its models (`openai:gpt-5`), on all workers."""
    async with runtime.database.transaction() as conn:
        await limits.set_limit(conn, name, **body.model_dump())
        [row] = await limits.list_limits(conn, name, now=runtime.clock.now)
    return LimitView.model_validate(row)


@bounds.delete("/ai/limits/{name:path}", status_code=204, operation_id="lift_ai_limit")
async def lift_limit(name: str, runtime: CurrentRuntime) -> None:
    """Lift a limit."""
    async with runtime.database.connection() as conn:
        await limits.delete_limit(conn, name)


@bounds.get("/ai/budgets", operation_id="list_ai_budgets")
async def show_budgets(runtime: CurrentRuntime, cursor: Cursor = None, limit: Limit = PAGE) -> Page[BudgetView]:
    """List the budgets by scope, with what is spent and reserved in the present period."""
    after = decode_cursor(cursor, _SCOPE)[0] if cursor else None
    async with runtime.database.connection() as conn:
        found = await budgets.list_budgets(conn, after=after, limit=limit + 1, now=runtime.clock.now)
    items = [present_budget(scope, of_scope) for scope, of_scope in found.items()][:limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].scope) if len(found) > limit else None)


@bounds.get("/ai/budgets/{scope:path}", operation_id="show_ai_budget")
async def show_budget(scope: str, runtime: CurrentRuntime) -> BudgetView:
    """Show what a scope may spend, and what of it is spent and reserved."""
    async with runtime.database.connection() as conn:
        return present_budget(scope, await budgets.show_budget(conn, scope, now=runtime.clock.now))


@bounds.put("/ai/budgets/{scope:path}", operation_id="set_ai_budget")
async def set_budget(scope: str, body: Budgets, runtime: CurrentRuntime) -> BudgetView:
    """Set what `installation`, `owner:NAME` or `task:NAME` may spend; what the period spent already counts."""
    wanted = {Period.DAY: body.day_nano_usd, Period.MONTH: body.month_nano_usd}
    async with runtime.database.transaction() as conn:
        await budgets.set_budgets(conn, scope, wanted, now=runtime.clock.now)
        found = await budgets.list_budgets(conn, scope, now=runtime.clock.now)
    await _release(runtime)
    return present_budget(scope, found.get(scope, {}))


@bounds.delete("/ai/budgets/{scope:path}", status_code=204, operation_id="lift_ai_budget")
async def lift_budget(scope: str, runtime: CurrentRuntime) -> None:
    """Lift the budgets of a scope."""
    async with runtime.database.transaction() as conn:
        await budgets.show_budget(conn, scope, now=runtime.clock.now)
        await budgets.set_budgets(conn, scope, dict.fromkeys(Period), now=runtime.clock.now)
    await _release(runtime)


async def _release(runtime: Runtime) -> None:
    """Let jobs go on at once that waited for what a budget has now.

    In a transaction of its own: jobs are locked before budgets.
    """
    async with runtime.database.transaction() as conn:
        await release_affordable(conn, now=runtime.clock.now)
