"""The gate: every route says what it needs, and whoever may not is refused before the route runs.

Members are let to their own things alone: what a path names (`job_id`, `wait_id`, `bulk_id`) is looked up here, and what
is another's is answered as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.requests import HTTPConnection
from structlog.contextvars import get_contextvars

from headrace.accounts.identity import Credentials, Identities
from headrace.accounts.permission import Permission
from headrace.accounts.principal import Kind, Principal, anonymous
from headrace.accounts.session import AGENT_MAX, Origin
from headrace.db.connect import BROKEN
from headrace.errors import Forbidden, NotFound, SettingsError, Unauthorized
from headrace.jobs.ownership import Thing, is_owned
from headrace.runtime import Runtime
from headrace.web.throttle import stay_within_quota, throttle
from headrace.web.witness import Witness

COOKIE = "__Host-headrace"
PLAIN_COOKIE = "headrace"
RECHECK = 5.0
_KEPT = "headrace.principal"
_SHOWN = "headrace.authorization"
_ANYBODY = anonymous()
_SAFE = {"GET", "HEAD", "OPTIONS"}
_THINGS = {"job_id": Thing.JOB, "wait_id": Thing.WAIT, "bulk_id": Thing.BULK_ACTION}


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets those pass who have the permission; `None` lets anybody pass.

    With `to_change`, that is what requests need that change something, and `permission` the others. With `is_known`, whoever
    is known passes.
    """

    permission: Permission | None
    to_change: Permission | None = None
    is_known: bool = False

    async def __call__(self, connection: HTTPConnection) -> None:
        """Raise `Unauthorized`, `Forbidden`, `NotFound` for another's thing, `RateLimited` or `QuotaExceeded`."""
        if self.is_open_to(_method_of(connection)):
            await throttle(connection, _ANYBODY)
            return
        principal = await principal_of(connection)
        await throttle(connection, principal)
        witness: Witness = connection.app.state.witness
        try:
            await self.check(connection)
        except Forbidden:
            await witness.saw_refusal(principal, _route_of(connection), partial(origin_of, connection))
            raise
        await witness.saw_use(principal, partial(origin_of, connection))
        if self.needed_by(_method_of(connection)) is Permission.JOBS_WRITE:
            await stay_within_quota(connection, principal)

    async def check(self, connection: HTTPConnection) -> None:
        """Raise `Unauthorized`, `Forbidden`, or `NotFound` for another's thing; takes nothing of an allowance."""
        method = _method_of(connection)
        if self.is_open_to(method):
            return
        principal = await principal_of(connection)
        admit(principal, self.needed_by(method))
        await _check_place(connection, principal)

    def is_open_to(self, method: str | None) -> bool:
        """Whether anybody passes with a method (none for a WebSocket)."""
        return self.needed_by(method) is None and not self.is_known

    def needed_by(self, method: str | None) -> Permission | None:
        """Return the permission that a request with a method takes."""
        return self.to_change if self.to_change is not None and method not in _SAFE else self.permission


def needs(permission: Permission | None, *, to_change: Permission | None = None) -> Any:  # noqa: ANN401 - as FastAPI's own `Depends`
    """Return the declaration for a route or router: `dependencies=[needs(Permission.JOBS_READ)]`."""
    return Depends(Gate(permission, to_change))


ANYBODY = needs(None)
SIGNED_IN = Depends(Gate(None, is_known=True))


def admit(principal: Principal, needed: Permission | None) -> None:
    """Raise `Unauthorized` for nobody known, and `Forbidden` unless the principal has the permission."""
    if principal.is_anonymous:
        raise Unauthorized(principal.why)
    if needed is not None and not principal.may(needed):
        who = {Kind.KEY: "This key", Kind.LINK: "This link"}.get(principal.kind, f"The role {principal.role}")
        raise Forbidden(f"{who} may not do this: it needs the permission {needed}")


async def principal_of(connection: HTTPConnection) -> Principal:
    """Return who asks, looked up once a request."""
    known = connection.scope.get(_KEPT)
    if known is None:
        known = connection.scope[_KEPT] = await identities_of(connection).of(credentials_of(connection))
    return cast("Principal", known)


def credentials_of(connection: HTTPConnection) -> Credentials:
    """Return what the request brings to show who asks."""
    state = connection.scope.get("state", {})
    client = connection.scope.get("client")
    peer = state["peer"] if "peer" in state else client[0] if client else None
    cookies = connection.cookies
    cookie = cookies.get(COOKIE) or (None if is_secure(connection) else cookies.get(PLAIN_COOKIE))
    authorization = connection.scope.get(_SHOWN) or connection.headers.get("authorization")
    return Credentials(authorization, cookie, None if state.get("proxied") else peer)


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks https, so that cookies are kept from anything else."""
    return connection.scope["scheme"] in {"https", "wss"}


def identities_of(connection: HTTPConnection) -> Identities:
    """Return what finds out who asks."""
    return cast("Identities", connection.app.state.identities)


def origin_of(connection: HTTPConnection) -> Origin:
    """Return where the request comes from."""
    client = connection.scope.get("client")
    agent = connection.headers.get("user-agent", "").replace("\0", "")[:AGENT_MAX]
    return Origin(client[0] if client else None, agent or None, get_contextvars().get("request_id"))


async def until_refused(connection: HTTPConnection, gate: Gate) -> None:
    """Return once who opened a stream may no longer watch it."""
    while True:
        await until_changed(connection, await principal_of(connection))
        try:
            await gate.check(connection)
        except (Unauthorized, Forbidden, NotFound):
            return


async def until_changed(connection: HTTPConnection, before: Principal) -> None:
    """Return once who asks is another, or may do other things: looked at every 5 s, and when any account changed."""
    while True:
        await identities_of(connection).changed(RECHECK)
        if before.kind is Kind.LOCAL:  # a token of a minute, good for what it began
            continue
        try:
            present = await identities_of(connection).of(credentials_of(connection))
        except BROKEN:  # an outage takes no right away
            continue
        if present != before:
            connection.scope[_KEPT] = present
            return


def watched(connection: HTTPConnection, permission: Permission) -> Callable[[], Coroutine[None, None, None]]:
    """Return what ends once who opened a stream may no longer watch it."""
    return lambda: until_refused(connection, Gate(permission))


async def show_token(connection: HTTPConnection, token: str) -> None:
    """Let a connection that came without a credential show one; raises `Unauthorized` if it doesn't count."""
    connection.scope[_SHOWN] = f"Bearer {token}"
    connection.scope.pop(_KEPT, None)
    admit(await principal_of(connection), None)


async def check_job(connection: HTTPConnection, job_id: UUID) -> None:
    """Raise `NotFound` for a job that who asks may not see."""
    await _check_things(connection, await principal_of(connection), {"job_id": str(job_id)})


def check_declared(app: FastAPI) -> None:
    """Raise `SettingsError` naming a route that doesn't say what it needs."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute | APIWebSocketRoute) and gate_of(route) is None:
            raise SettingsError(f"The route {route.path} does not say what it needs: dependencies=[needs(...)]")


def gate_of(route: Any) -> Gate | None:  # noqa: ANN401 - FastAPI's route or its context
    """Return what a route declares that it needs; the innermost declaration counts."""
    gates = [found.call for found in route.dependant.dependencies if isinstance(found.call, Gate)]
    return gates[-1] if gates else None


def _method_of(connection: HTTPConnection) -> str | None:
    return cast("str | None", connection.scope.get("method"))


def _route_of(connection: HTTPConnection) -> str:
    route = connection.scope.get("route")
    return f"{connection.scope.get('method', 'WebSocket')} {getattr(route, 'path', '')}"


async def _check_place(connection: HTTPConnection, principal: Principal) -> None:
    named = {name: str(connection.path_params[name]) for name in _THINGS if name in connection.path_params}
    await _check_things(connection, principal, named)


async def _check_things(connection: HTTPConnection, principal: Principal, named: Mapping[str, str]) -> None:
    if principal.job_id is not None and named.get("job_id") != str(principal.job_id):
        raise Forbidden("This link shows one job and nothing else")
    owner = principal.owner_only
    if owner is None:
        return
    for name, text in named.items():
        try:
            id_ = UUID(text)
        except ValueError:
            continue  # the route says what is wrong with it
        runtime: Runtime = connection.app.state.runtime
        async with runtime.database.connection() as conn:
            if not await is_owned(conn, _THINGS[name], id_, owner):
                raise NotFound(f"There is no {_THINGS[name]} {id_}")


@dataclass(frozen=True, slots=True)
class Person:
    """A user who asks by a session, not by a key or from a network: who may change their own account."""

    id: UUID
    session_id: UUID
    principal: Principal


async def person_of(connection: HTTPConnection) -> Person:
    """Return the user whose session asks; raises `Unauthorized` or `Forbidden`."""
    principal = await principal_of(connection)
    admit(principal, None)
    if principal.kind is not Kind.USER or principal.user_id is None or principal.credential_id is None:
        raise Forbidden("This is about a user's own account: sign in as that user")
    return Person(principal.user_id, principal.credential_id, principal)


CurrentPerson = Annotated[Person, Depends(person_of)]
CurrentPrincipal = Annotated[Principal, Depends(principal_of)]
CurrentOrigin = Annotated[Origin, Depends(origin_of)]
