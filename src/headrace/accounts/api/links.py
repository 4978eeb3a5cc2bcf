"""Links that work once, over HTTP: administrators make them, whoever has one uses it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from headrace.accounts import link, session, user
from headrace.accounts.api.sign_in import Email, Password
from headrace.accounts.link import LIFE, LIFE_MAX, TOKEN_MAX, Link, LinkKind
from headrace.accounts.password import hash_password, refuse_weak
from headrace.accounts.permission import Permission, Role
from headrace.accounts.user import check_email
from headrace.runtime import Runtime
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import ANYBODY, needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[ANYBODY])
of_admins = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])

_PAGES = {LinkKind.RESET: "reset", LinkKind.INVITATION: "register"}
Token = Annotated[SecretStr, Field(min_length=1, max_length=TOKEN_MAX)]


class NewInvitation(Body):
    """Who is invited."""

    role: Role = Field(Role.MEMBER, strict=False)
    email: Email | None = Field(None, description="Whom alone it is for; without, whoever has the link.")
    days: int = Field(LIFE[LinkKind.INVITATION].days, ge=1, le=LIFE_MAX.days, description="How long it is good.")


class Asked(Body):
    """Which link is looked at."""

    kind: LinkKind = Field(strict=False)
    token: Token


class PasswordByLink(Body):
    """A password set by a link."""

    token: Token
    password: Password


class LinkView(BaseModel):
    """A link that was not used yet."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: LinkKind
    user_id: UUID | None = Field(description="Whose password it sets.")
    email: str | None = Field(description="Whom alone an invitation is for.")
    role: Role | None = Field(description="Of the account that an invitation makes.")
    created_at: datetime
    expires_at: datetime


class NewLinkView(LinkView):
    """A link as it is shown this once."""

    url: str = Field(description="Give it to them; the token is behind the #, where no server's log sees it.")
    token: str


class AskedView(BaseModel):
    """What a link is for."""

    email: str | None
    role: Role | None
    expires_at: datetime


@of_admins.post("/users/{user_id}/reset-link", status_code=201, operation_id="create_reset_link")
async def create_reset_link(user_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> NewLinkView:
    """Make a link by which a user sets a new password, good for a day; one made before counts no more."""
    async with runtime.database.transaction() as conn:
        made, token = await link.reset_password(conn, user_id, now=runtime.clock.now)
        await act.note(conn, "reset_link.made", f"user:{user_id}")
    return _whole(runtime, made, token)


@of_admins.post("/invitations", status_code=201, operation_id="create_invitation")
async def create_invitation(body: NewInvitation, runtime: CurrentRuntime, act: CurrentAct) -> NewLinkView:
    """Make a link by which somebody makes an account of a role."""
    email = check_email(body.email) if body.email is not None else None
    life = timedelta(days=body.days)
    async with runtime.database.transaction() as conn:
        made, token = await link.invite(conn, role=body.role, email=email, life=life, now=runtime.clock.now)
        await act.note(conn, "invitation.made", f"link:{made.id}", role=body.role, email=email)
    return _whole(runtime, made, token)


@of_admins.get("/links", operation_id="list_links")
async def list_links(runtime: CurrentRuntime) -> list[LinkView]:
    """List the links that were not used yet, the newest first, at most a thousand."""
    async with runtime.database.connection() as conn:
        return [LinkView.model_validate(one) for one in await link.list_links(conn, now=runtime.clock.now)]


@of_admins.delete("/links/{link_id}", status_code=204, operation_id="delete_link")
async def delete_link(link_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Withdraw a link."""
    async with runtime.database.transaction() as conn:
        await link.withdraw(conn, link_id)
        await act.note(conn, "link.withdrawn", f"link:{link_id}")


@router.post("/links", operation_id="show_link")
async def show_link(body: Asked, runtime: CurrentRuntime) -> AskedView:
    """Show what a link is for, without using it."""
    async with runtime.database.connection() as conn:
        found = await link.look_up(conn, body.kind, body.token.get_secret_value(), now=runtime.clock.now)
        email = found.email if found.user_id is None else (await user.show(conn, found.user_id)).email
    return AskedView(email=email, role=Role(found.role) if found.role else None, expires_at=found.expires_at)


@router.post("/reset", status_code=204, operation_id="reset_password")
async def reset_password(body: PasswordByLink, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Set a new password by a link, and end all sessions; the second factor stays."""
    token, text = body.token.get_secret_value(), body.password.get_secret_value()
    async with runtime.database.connection() as conn:
        found = await link.look_up(conn, LinkKind.RESET, token, now=runtime.clock.now)
        assert found.user_id is not None
        email = (await user.show(conn, found.user_id)).email
    await refuse_weak(text, email=email)
    stored = await hash_password(text)
    async with runtime.database.transaction() as conn:
        await link.use(conn, LinkKind.RESET, token, now=runtime.clock.now)
        await user.set_password(conn, found.user_id, stored)
        await session.end_all(conn, found.user_id)
        await act.note(conn, "password.reset", f"user:{found.user_id}")


def _whole(runtime: Runtime, made: Link, token: str) -> NewLinkView:
    base = runtime.settings.public_url or runtime.settings.address
    url = f"{base.rstrip('/')}/{_PAGES[LinkKind(made.kind)]}#{token}"
    return NewLinkView(**LinkView.model_validate(made).model_dump(), url=url, token=token)
