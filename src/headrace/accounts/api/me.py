"""Oneself over HTTP: who one is, what one may do, and one's sessions."""

from uuid import UUID

from fastapi import APIRouter

from headrace.accounts import session, user
from headrace.accounts.api.views import MeView, SessionView, present_session
from headrace.web.act import CurrentAct
from headrace.web.gate import SIGNED_IN, CurrentPerson, CurrentPrincipal
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[SIGNED_IN])


@router.get("/me", operation_id="show_me")
async def show_me(runtime: CurrentRuntime, principal: CurrentPrincipal) -> MeView:
    """Show who asks, and what they may do."""
    if principal.user_id is None:
        return MeView.of(principal, None)
    async with runtime.database.connection() as conn:
        return MeView.of(principal, await user.show(conn, principal.user_id))


@router.get("/sessions", operation_id="list_sessions")
async def list_sessions(runtime: CurrentRuntime, person: CurrentPerson) -> list[SessionView]:
    """List one's sessions, the one used last first."""
    async with runtime.database.connection() as conn:
        rows = await session.list_sessions(conn, person.id, now=runtime.clock.now)
    return [present_session(row, person.session_id) for row in rows]


@router.delete("/sessions", status_code=204, operation_id="end_other_sessions")
async def end_others(runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """End one's other sessions."""
    async with runtime.database.transaction() as conn:
        ended = await session.end_all(conn, person.id, but=person.session_id)
        await act.note(conn, "session.ended", f"user:{person.id}", others=ended)


@router.delete("/sessions/{session_id}", status_code=204, operation_id="end_session")
async def end_session(session_id: UUID, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """End one of one's sessions."""
    async with runtime.database.transaction() as conn:
        await session.end(conn, person.id, session_id)
        await act.note(conn, "session.ended", f"session:{session_id}")
