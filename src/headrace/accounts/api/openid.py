"""Sign-in at the OpenID provider over HTTP: there and back again, and connecting an account that exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from headrace.accounts import elsewhere, oidc
from headrace.accounts.api.sign_in import CurrentEntrance, Entrance
from headrace.accounts.oidc import Attempt, Person
from headrace.accounts.oidc_provider import OidcFailed, Provider
from headrace.accounts.permission import Role
from headrace.accounts.principal import Kind
from headrace.accounts.proof import as_principal
from headrace.errors import Conflict, Forbidden, HeadraceError, NotFound
from headrace.runtime import Runtime
from headrace.web.act import CurrentAct
from headrace.web.gate import ANYBODY, SIGNED_IN, CurrentPerson, is_secure
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[ANYBODY])
of_person = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[SIGNED_IN])

CALLBACK = "/api/v1/auth/oidc/callback"
COOKIE = "__Host-headrace-oidc"
PLAIN_COOKIE = "headrace-oidc"


class ConnectionView(BaseModel):
    """Whether one signs in at the provider."""

    provider: str = Field(description="What the login page calls it.")
    is_connected: bool


class Answer(BaseModel):
    """What the browser brings back from the provider."""

    state: str = Field("", max_length=200)
    code: str = Field("", max_length=4_000)
    iss: str | None = Field(None, max_length=500)
    error: str | None = Field(None, max_length=200)


async def provider_of(request: Request) -> Provider:
    """Return the provider; raises `NotFound` where none is set."""
    provider = request.app.state.openid
    if provider is None:
        raise NotFound("Nobody signs in at an OpenID provider here; an operator can set HEADRACE_OIDC_ISSUER")
    return cast("Provider", provider)


CurrentProvider = Annotated[Provider, Depends(provider_of)]


@router.get("/oidc", status_code=303, response_class=RedirectResponse, operation_id="begin_openid_sign_in")
async def begin(
    entrance: CurrentEntrance,
    provider: CurrentProvider,
    then: Annotated[str, Query(alias="next", max_length=1_000, description="Page to come back to.")] = "/",
    connect: Annotated[bool, Query(description="Connect the account that is signed in.")] = False,
) -> RedirectResponse:
    """Send the browser to the OpenID provider."""
    runtime, own = entrance.runtime, entrance.act.actor
    if connect and own.kind is not Kind.USER:
        raise Forbidden("Sign in first, to connect your account")
    user_id = str(own.user_id) if connect else None
    goal = _own_page(then)
    address, attempt = await oidc.begin(provider, redirect_uri=_callback(runtime), next_=goal, user_id=user_id)
    answer = RedirectResponse(address, 303)
    _set_cookie(entrance.request, answer, oidc.seal(runtime.keyring, attempt), oidc.ATTEMPT_LIFE)
    return answer


@router.get("/oidc/callback", status_code=303, response_class=RedirectResponse, operation_id="end_openid_sign_in")
async def end(
    brought: Annotated[Answer, Query()], entrance: CurrentEntrance, provider: CurrentProvider
) -> RedirectResponse:
    """Sign in whom the provider sends back; what went wrong is shown by the login page."""
    try:
        kept = entrance.request.cookies.get(_cookie_name(entrance.request), "")
        attempt = oidc.unseal(entrance.runtime.keyring, kept)
        who = await _person(entrance.runtime, provider, attempt, brought)
        goal = attempt.next
        await _Arrival(entrance, who, attempt).enter()
    except HeadraceError as error:
        goal = f"/login?{urlencode({'problem': str(error)[:300]})}"
    answer = RedirectResponse(goal, 303)
    for name, value in entrance.response.raw_headers:
        if name == b"set-cookie":
            answer.raw_headers.append((name, value))
    _set_cookie(entrance.request, answer, "", 0)
    return answer


@of_person.get("/oidc/connection", operation_id="show_openid_connection")
async def show(runtime: CurrentRuntime, person: CurrentPerson, _provider: CurrentProvider) -> ConnectionView:
    """Show whether one signs in at the provider."""
    async with runtime.database.connection() as conn:
        is_connected = await elsewhere.is_connected(conn, person.id)
    return ConnectionView(provider=runtime.settings.oidc_name, is_connected=is_connected)


@of_person.delete("/oidc/connection", status_code=204, operation_id="delete_openid_connection")
async def disconnect(runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """Sign in by the password alone from now on; it takes one."""
    async with runtime.database.transaction() as conn:
        if await elsewhere.disconnect(conn, person.id):
            await act.note(conn, "identity.disconnected", f"user:{person.id}")


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Somebody who came back from the provider."""

    entrance: Entrance
    who: Person
    attempt: Attempt

    async def enter(self) -> None:
        """Sign them in, or connect the account they began from."""
        act, runtime, now = self.entrance.act, self.entrance.runtime, self.entrance.runtime.clock.now
        async with runtime.database.transaction() as conn:
            if self.attempt.user_id is not None:
                if str(act.actor.user_id) != self.attempt.user_id:
                    raise Conflict("Another account is signed in by now; begin again")
                await elsewhere.connect(conn, UUID(self.attempt.user_id), self.who, now=now)
                await act.note(conn, "identity.connected", f"user:{act.actor.user_id}", issuer=self.who.issuer)
                return
            newcomers = runtime.settings.oidc_newcomers
            found, is_new = await elsewhere.account_of(
                conn, self.who, newcomers=Role(newcomers) if newcomers else None, now=now
            )
            own = replace(act, actor=as_principal(found))
            if is_new:
                await own.note(conn, "user.made", f"user:{found.id}", role=found.role, by="openid")
            await own.note(conn, "session.begun", f"user:{found.id}", by=self.who.issuer)
            await self.entrance.begin(conn, found)


async def _person(runtime: Runtime, provider: Provider, attempt: Attempt, brought: Answer) -> Person:
    if brought.error is not None or not brought.code:
        raise OidcFailed("The sign-in was given up at the provider")
    uri = _callback(runtime)
    return await oidc.finish(
        provider, attempt, state=brought.state, code=brought.code, issuer=brought.iss, redirect_uri=uri
    )


def _cookie_name(request: Request) -> str:
    return COOKIE if is_secure(request) else PLAIN_COOKIE


def _set_cookie(request: Request, answer: RedirectResponse, text: str, age: int) -> None:
    name, secure = _cookie_name(request), is_secure(request)
    answer.set_cookie(name, text, age, path="/", secure=secure, httponly=True, samesite="lax")


def _callback(runtime: Runtime) -> str:
    return (runtime.settings.public_url or runtime.settings.address).rstrip("/") + CALLBACK


def _own_page(text: str) -> str:
    """Return a page of ours, never an address elsewhere."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_ours else "/"
