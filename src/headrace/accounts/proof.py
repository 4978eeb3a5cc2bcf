"""Proving who one is: e-mail and password, and the second factor of whoever has one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from headrace.accounts import audit, guessing, second_factor
from headrace.accounts.password import check_password
from headrace.accounts.permission import Role, granted
from headrace.accounts.principal import Kind, Principal, anonymous
from headrace.accounts.session import Origin
from headrace.accounts.user import User, email_key, show
from headrace.db.connect import Database
from headrace.db.query import query
from headrace.errors import Unauthorized
from headrace.keyring import Keyring


class SignInFailed(Unauthorized):
    """There is no such account, or that is not its password; which of them is not said."""

    code = "sign_in_failed"


class SecondFactorNeeded(Unauthorized):
    """The password is right, and a code of the second factor has to come with it."""

    code = "second_factor_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody proves themselves by."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where a proof is looked at: the database, the keys, the time, and where it comes from."""

    database: Database
    keyring: Keyring
    origin: Origin
    now: datetime | None = None


async def prove(at: Doorstep, given: Given) -> User:
    """Return the user who proved themselves; each failure is entered in the audit log and makes the next wait longer.

    Raises `SignInFailed`, `SecondFactorNeeded`, or `TooManyAttempts`. It takes the same time for an unknown user.
    """
    account = email_key(given.email)
    await guessing.admit(at.database, at.keyring, account=account, address=at.origin.address, now=at.now)
    user_id, stored = await _stored(at.database, account)
    check = await check_password(stored, given.password)
    if user_id is None or not check.fits:
        await _fail(at, given.email, "wrong password" if user_id else "unknown account")
        raise SignInFailed("That e-mail address and password don't belong together")
    if not await _check_second_factor(at, user_id, given.code):
        await _fail(at, given.email, "wrong code")
        raise SecondFactorNeeded("The code is wrong or was used already; wait for the next one")
    async with at.database.transaction() as conn:
        await conn.execute(
            "UPDATE headrace.users SET signed_in_at = coalesce(%s::timestamptz, now()), "
            "password_hash = coalesce(%s, password_hash) WHERE id = %s",
            (at.now, check.rehashed, user_id),
        )
        proven = await show(conn, user_id)
        await audit.note(conn, _entry(as_principal(proven), "session.begun", proven.id, at), now=at.now)
    await guessing.forgive(at.database, at.keyring, account=account, address=at.origin.address, now=at.now)
    return proven


def as_principal(user: User) -> Principal:
    """Return a user who has just proved themselves, before there is a session."""
    role = Role(user.role)
    return Principal(
        kind=Kind.USER, name=user.email, user_id=user.id, role=role, permissions=granted(role), owner=str(user.id)
    )


async def _stored(database: Database, account: str) -> tuple[UUID | None, str | None]:
    async with database.connection() as conn:
        row = await (await conn.execute(query(__package__, "find_password"), {"key": account})).fetchone()
    return (None, None) if row is None else (row[0], row[1])


async def _check_second_factor(at: Doorstep, user_id: UUID, code: str | None) -> bool:
    async with at.database.transaction() as conn:
        if not (await second_factor.status(conn, user_id)).is_on:
            return True
        if not code:
            raise SecondFactorNeeded("Send the code of your authenticator app, or a recovery code, as `code`, too")
        return await second_factor.check(conn, at.keyring, user_id, code, now=at.now)


async def _fail(at: Doorstep, email: str, reason: str) -> None:
    nobody = anonymous()
    entry = audit.Entry(
        actor=nobody,
        action="session.refused",
        target=f"email:{email}",
        origin=at.origin,
        details={"reason": reason},
    )
    async with at.database.transaction() as conn:
        await audit.note(conn, entry, now=at.now)


def _entry(actor: Principal, action: str, user_id: UUID, at: Doorstep) -> audit.Entry:
    return audit.Entry(actor=actor, action=action, target=f"user:{user_id}", origin=at.origin)
