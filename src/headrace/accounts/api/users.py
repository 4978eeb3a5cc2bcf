"""Users and roles over HTTP, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, SecretStr, TypeAdapter

from headrace.accounts import session, user
from headrace.accounts.api.views import Name, RoleView, SessionView, UserView, present_session
from headrace.accounts.password import hash_password, refuse_weak
from headrace.accounts.permission import Permission, Role, granted
from headrace.accounts.user import NAME_MAX, Change
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import CurrentPrincipal, needs
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])

_PLACE: TypeAdapter[tuple[UUID]] = TypeAdapter(tuple[UUID])
Words = Annotated[
    str | None,
    Query(
        alias="q", max_length=NAME_MAX, pattern=r"^[^\x00]*$", description="Part of their name or address, in any case."
    ),
]


class NewUser(Body):
    """A user to be. Without a password they get a link to set one, or sign in elsewhere."""

    email: str = Field(min_length=3, max_length=300)
    name: Name = ""
    role: Role = Field(Role.MEMBER, strict=False)
    password: SecretStr | None = Field(None, max_length=1_024)


class UserChanges(Body):
    """What to change; what is left out stays."""

    name: Name | None = None
    role: Role | None = Field(None, strict=False)
    disabled: bool | None = Field(None, description="A disabled user is signed out and can't sign in.")


@router.get("/users", operation_id="list_users")
async def list_users(
    runtime: CurrentRuntime, words: Words = None, cursor: Cursor = None, limit: Limit = PAGE
) -> Page[UserView]:
    """List users in the order they were made."""
    after = decode_cursor(cursor, _PLACE)[0] if cursor else UUID(int=0)
    async with runtime.database.connection() as conn:
        found = await user.list_users(conn, after=after, limit=limit + 1, words=(words or "").strip() or None)
    items = [UserView.model_validate(one) for one in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(found) > limit else None)


@router.post("/users", status_code=201, operation_id="create_user")
async def create_user(body: NewUser, response: Response, runtime: CurrentRuntime, act: CurrentAct) -> UserView:
    """Make a user."""
    password = None
    if body.password is not None:
        await refuse_weak(body.password.get_secret_value(), email=user.check_email(body.email))
        password = await hash_password(body.password.get_secret_value())
    async with runtime.database.transaction() as conn:
        made = await user.create(
            conn, email=body.email, role=body.role, password_hash=password, name=body.name, now=runtime.clock.now
        )
        await act.note(conn, "user.made", f"user:{made.id}", role=body.role, email=made.email)
    response.headers["Location"] = f"/api/v1/admin/users/{made.id}"
    return UserView.model_validate(made)


@router.get("/users/{user_id}", operation_id="show_user")
async def show_user(user_id: UUID, runtime: CurrentRuntime) -> UserView:
    """Show a user."""
    async with runtime.database.connection() as conn:
        return UserView.model_validate(await user.show(conn, user_id))


@router.patch("/users/{user_id}", operation_id="change_user")
async def change_user(user_id: UUID, body: UserChanges, runtime: CurrentRuntime, act: CurrentAct) -> UserView:
    """Change a user's name or role, disable or enable them; it counts at once, in open sessions too."""
    wanted = Change(name=body.name, role=body.role, is_disabled=body.disabled)
    async with runtime.database.transaction() as conn:
        changed = await user.change(conn, user_id, wanted, now=runtime.clock.now)
        await act.note(conn, "user.changed", f"user:{user_id}", **body.model_dump(exclude_unset=True))
    return UserView.model_validate(changed)


@router.delete("/users/{user_id}", status_code=204, operation_id="delete_user")
async def delete_user(user_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Delete a user with sessions and keys; their jobs stay."""
    async with runtime.database.transaction() as conn:
        gone = await user.show(conn, user_id)
        await user.delete(conn, user_id)
        await act.note(conn, "user.deleted", f"user:{user_id}", email=gone.email)


@router.get("/users/{user_id}/sessions", operation_id="list_sessions_of_user")
async def list_sessions(user_id: UUID, runtime: CurrentRuntime, principal: CurrentPrincipal) -> list[SessionView]:
    """List the sessions of a user."""
    async with runtime.database.connection() as conn:
        await user.show(conn, user_id)
        rows = await session.list_sessions(conn, user_id, now=runtime.clock.now)
    return [present_session(row, principal.credential_id) for row in rows]


@router.delete("/users/{user_id}/sessions", status_code=204, operation_id="end_sessions_of_user")
async def end_sessions(user_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Sign a user out everywhere."""
    async with runtime.database.transaction() as conn:
        await user.show(conn, user_id)
        await session.end_all(conn, user_id)
        await act.note(conn, "session.ended", f"user:{user_id}")


@router.get("/roles", operation_id="list_roles")
async def list_roles() -> list[RoleView]:
    """List the roles and what each may do."""
    return [RoleView(role=role, permissions=sorted(granted(role)), own_only=role is Role.MEMBER) for role in Role]
