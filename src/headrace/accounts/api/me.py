"""Oneself over HTTP: who one is, what one may do, what one is called, and one's sessions."""

from uuid import UUID

from fastapi import APIRouter

from headrace.accounts import session, user
from headrace.accounts.api.views import MeView, Name, SessionView, UserView, present_session
from headrace.accounts.user import Change
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import SIGNED_IN, CurrentPerson, CurrentPrincipal
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[SIGNED_IN])


class OwnChanges(Body):
    """What to change of oneself; role and address have routes of their own."""

    name: Name


@router.get("/me", operation_id="show_me")
async def show_me(runtime: CurrentRuntime, principal: CurrentPrincipal) -> MeView:
    """Show who asks, and what they may do."""
    if principal.user_id is None:
        return MeView.of(principal, None)
    async with runtime.database.connection() as conn:
        return MeView.of(principal, await user.show(conn, principal.user_id))


@router.patch("/me", operation_id="change_me")
async def change_me(body: OwnChanges, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> UserView:
    """Change what one is called."""
    async with runtime.database.transaction() as conn:
        before = await user.show(conn, person.id)
        changed = await user.change(conn, person.id, Change(name=body.name))
        await act.note(conn, "name.changed", f"user:{person.id}", before=before.name, after=changed.name)
    return UserView.model_validate(changed)


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
