"""Tokens for programs over HTTP: sign in for them, and exchange the refresh token for the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr

from headrace.accounts import token, user
from headrace.accounts.api.sign_in import Login
from headrace.accounts.proof import Doorstep, Given, as_principal, prove
from headrace.accounts.token import ACCESS_LIFE, Tokens
from headrace.errors import Unauthorized
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import ANYBODY
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[ANYBODY])


class Refreshing(Body):
    """What is exchanged."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=token.TOKEN_MAX)]


class TokensView(BaseModel):
    """What a program shows from now on, as OAuth 2 names it (RFC 6749, 5.1)."""

    access_token: str = Field(description="For `Authorization: Bearer`.")
    token_type: str = "Bearer"  # noqa: S105 - the name of the scheme
    expires_in: int = Field(int(ACCESS_LIFE.total_seconds()), description="Seconds.")
    expires_at: int = Field(description="In seconds since 1970.")
    refresh_token: str = Field(description="Exchange it before the access token ends; each can be exchanged once.")


@router.post("/tokens", status_code=201, operation_id="create_tokens")
async def create_tokens(body: Login, runtime: CurrentRuntime, act: CurrentAct) -> TokensView:
    """Sign in as a program: an access token for ten minutes, and a refresh token that gets the next."""
    given = Given(email=body.email, password=body.password.get_secret_value(), code=body.code)
    proven = await prove(Doorstep(runtime.database, runtime.keyring, act.origin, runtime.clock.now), given)
    async with runtime.database.transaction() as conn:
        made = await token.issue(conn, runtime.keyring, proven.id, act.origin, now=runtime.clock.now)
    return _view(made)


@router.post("/refresh", operation_id="refresh_tokens")
async def refresh_tokens(body: Refreshing, runtime: CurrentRuntime, act: CurrentAct) -> TokensView:
    """Exchange a refresh token; one that was exchanged before ends the session, since somebody else may have it."""
    async with runtime.database.transaction() as conn:
        text = body.refresh_token.get_secret_value()
        done = await token.refresh(conn, runtime.keyring, text, now=runtime.clock.now)
        if done.tokens is None:
            own = as_principal(await user.show(conn, done.access.user_id))
            await replace(act, actor=own).note(conn, "session.stolen", f"session:{done.access.session_id}")
    if done.tokens is None:
        raise Unauthorized("This refresh token was exchanged before: its session is over for everybody; sign in again")
    return _view(done.tokens)


def _view(made: Tokens) -> TokensView:
    return TokensView(access_token=made.access, expires_at=made.expires_at, refresh_token=made.refresh)
