"""Signing in over HTTP: the first run, registering, login and logout."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, SecretStr

from headrace.accounts import link, session, setup, user
from headrace.accounts.api import cookie
from headrace.accounts.api.views import SignedIn, UserView
from headrace.accounts.password import hash_password, refuse_weak
from headrace.accounts.permission import Role
from headrace.accounts.principal import Kind
from headrace.accounts.proof import Doorstep, Given, as_principal, prove
from headrace.accounts.token import Access, mint
from headrace.accounts.user import NAME_MAX, User, check_email, email_key
from headrace.db.connect import Connection
from headrace.errors import Forbidden, InvalidInput, NotFound
from headrace.runtime import Runtime
from headrace.settings import Registration
from headrace.web.act import Act, CurrentAct
from headrace.web.body import Body
from headrace.web.gate import ANYBODY, principal_of
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[ANYBODY])

Email = Annotated[str, Field(min_length=3, max_length=300, examples=["ada@example.com"])]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1_024)]


class NewAccount(Body):
    """Who wants an account."""

    email: Email
    password: Password
    name: str = Field("", max_length=NAME_MAX, pattern=r"^[^\x00-\x1f]*$")


class FirstAccount(NewAccount):
    """The first administrator."""

    code: str = Field(max_length=100, description="The set-up code that the server showed when it started.")


class Registering(NewAccount):
    """Somebody who registers."""

    invitation: str | None = Field(None, max_length=link.TOKEN_MAX, description="The token of an invitation.")


class Login(Body):
    """What somebody proves themselves by."""

    email: Email
    password: Password
    code: str | None = Field(None, max_length=40, description="Of the second factor, or a recovery code.")


class SignInOptions(BaseModel):
    """What the pages of login and set-up have to know."""

    needs_setup: bool = Field(description="Whether there is no user yet.")
    registration: Literal["open", "invited", "off"]
    openid: str | None = Field(description="Name of the OpenID provider to sign in at, if there is one.")
    is_signed_in: bool = Field(description="Whether we know already who asks: a page learns it without a refusal.")


@router.get("/options", operation_id="show_sign_in_options")
async def show_options(runtime: CurrentRuntime, request: Request) -> SignInOptions:
    """Show how one can sign in."""
    async with runtime.database.connection() as conn:
        is_any = await user.is_any(conn)
    settings = runtime.settings
    openid = settings.oidc_name if settings.oidc_issuer else None
    is_known = not (await principal_of(request)).is_anonymous
    return SignInOptions(
        needs_setup=not is_any, registration=settings.registration.value, openid=openid, is_signed_in=is_known
    )


@dataclass(frozen=True, slots=True)
class Entrance:
    """A request to be let in, and the answer that carries the cookie."""

    request: Request
    response: Response
    runtime: Runtime
    act: Act

    async def begin(self, conn: Connection, who: User) -> SignedIn:
        """Begin a session in place of the one that asks, if there is one."""
        await self.end(conn)
        now = self.runtime.clock.now
        session_id, secret = await session.begin_browser(conn, who.id, self.act.origin, now=now)
        cookie.give(self.request, self.response, secret)
        token, ends = mint(self.runtime.keyring, Access(who.id, session_id), now=now)
        return SignedIn(token=token, expires_at=ends, user=UserView.model_validate(who))

    async def end(self, conn: Connection) -> bool:
        """End the session that asks; false if there is none."""
        own = self.act.actor
        if own.kind is not Kind.USER or own.user_id is None or own.credential_id is None:
            return False
        with suppress(NotFound):  # it was ended a moment ago
            await session.end(conn, own.user_id, own.credential_id)
        return True


async def entrance_of(request: Request, response: Response, runtime: CurrentRuntime, act: CurrentAct) -> Entrance:
    """Return the request and its answer."""
    return Entrance(request, response, runtime, act)


CurrentEntrance = Annotated[Entrance, Depends(entrance_of)]


@router.post("/setup", status_code=201, operation_id="set_up")
async def set_up(body: FirstAccount, runtime: CurrentRuntime, entrance: CurrentEntrance) -> SignedIn:
    """Make the first administrator by the set-up code, and sign them in."""
    password = await _hashed(body)
    now = runtime.clock.now
    async with runtime.database.transaction() as conn:
        made = await setup.make_first_user(
            conn, body.code, email=body.email, name=body.name, password_hash=password, now=now
        )
        await _note_made(conn, entrance.act, made, how="set-up")
        return await entrance.begin(conn, made)


@router.post("/register", status_code=201, operation_id="register")
async def register(body: Registering, runtime: CurrentRuntime, entrance: CurrentEntrance) -> SignedIn:
    """Make an account for oneself, where that is allowed, and sign in."""
    if runtime.settings.registration is Registration.OFF:
        raise Forbidden("Nobody can register here; an administrator makes accounts")
    if runtime.settings.registration is Registration.INVITED and not body.invitation:
        raise Forbidden("Registering takes an invitation; ask an administrator for one")
    password = await _hashed(body)
    async with runtime.database.transaction() as conn:
        role = await _invited(conn, body, body.invitation, now=runtime.clock.now) if body.invitation else Role.MEMBER
        made = await user.create(
            conn, email=body.email, role=role, password_hash=password, name=body.name, now=runtime.clock.now
        )
        await _note_made(conn, entrance.act, made, how="invitation" if body.invitation else "registration")
        return await entrance.begin(conn, made)


@router.post("/login", operation_id="log_in")
async def log_in(body: Login, runtime: CurrentRuntime, entrance: CurrentEntrance) -> SignedIn:
    """Sign in: the answer has a token for programs, and sets the cookie of a session for browsers."""
    given = Given(email=body.email, password=body.password.get_secret_value(), code=body.code)
    doorstep = Doorstep(runtime.database, runtime.keyring, entrance.act.origin, runtime.clock.now)
    proven = await prove(doorstep, given)
    async with runtime.database.transaction() as conn:
        return await entrance.begin(conn, proven)


@router.post("/logout", status_code=204, operation_id="log_out")
async def log_out(entrance: CurrentEntrance) -> None:
    """End the session that asks, if there is one."""
    cookie.take(entrance.request, entrance.response)
    async with entrance.runtime.database.transaction() as conn:
        if await entrance.end(conn):
            await entrance.act.note(conn, "session.ended", f"user:{entrance.act.actor.user_id}")


async def _hashed(body: NewAccount) -> str:
    password = body.password.get_secret_value()
    await refuse_weak(password, email=check_email(body.email))
    return await hash_password(password)


async def _invited(conn: Connection, body: Registering, invitation: str, *, now: datetime | None) -> Role:
    found = await link.use(conn, link.LinkKind.INVITATION, invitation, now=now)
    if found.email is not None and email_key(found.email) != email_key(body.email):
        raise InvalidInput("The invitation is for another e-mail address", pointer="/email")
    return Role(found.role or Role.MEMBER)


async def _note_made(conn: Connection, act: Act, made: User, *, how: str) -> None:
    own = replace(act, actor=as_principal(made))
    await own.note(conn, "user.made", f"user:{made.id}", role=made.role, by=how)
