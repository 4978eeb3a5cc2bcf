"""Whose account a person at an OpenID provider has: connected before, found by a verified address, or made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from headrace.accounts import user
from headrace.accounts.oidc import Person
from headrace.accounts.permission import Role
from headrace.accounts.user import User
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import Conflict, Forbidden


async def account_of(
    conn: Connection, who: Person, *, newcomers: Role | None, now: datetime | None = None
) -> tuple[User, bool]:
    """Return the user whom a person at the provider is here, and whether the account was made just now.

    An account is found by its address only while nobody can sign in to it otherwise: neither by a password, nor as another
    person of the provider. Raises `Forbidden` for somebody who is disabled, or is nobody here and can't become somebody.
    """
    cursor = await conn.execute(
        "SELECT user_id FROM headrace.identities WHERE issuer = %s AND subject = %s", (who.issuer, who.subject)
    )
    known = await cursor.fetchone()
    if known is not None:
        return _enabled(await user.show(conn, known[0])), False
    if who.email is None:
        raise Forbidden(
            "The provider tells no e-mail address that it has verified; ask an administrator for an account"
        )
    found = await user.find(conn, who.email)
    if found is not None:
        if await has_password(conn, found.id):
            raise Forbidden("Your account has a password: sign in with it, and connect it under Account")
        if await is_connected(conn, found.id):
            raise Forbidden("Somebody else of the provider has the account with your address; ask an administrator")
        await connect(conn, found.id, who, now=now)
        return _enabled(found), False
    if newcomers is None:
        raise Forbidden("There is no account for you here; ask an administrator for one")
    made = await user.create(conn, email=who.email, role=newcomers, password_hash=None, name=who.name[:200], now=now)
    await connect(conn, made.id, who, now=now)
    return made, True


async def connect(conn: Connection, user_id: UUID, who: Person, *, now: datetime | None = None) -> None:
    """Let a user sign in as a person at the provider; raises `Conflict` if that is somebody else here."""
    params = {"issuer": who.issuer, "subject": who.subject, "user": user_id, "now": now}
    row = await (await conn.execute(query(__package__, "connect_identity"), params)).fetchone()
    if row is None or row[0] != user_id:
        raise Conflict("Somebody else here is connected to that account of the provider")


async def disconnect(conn: Connection, user_id: UUID) -> int:
    """Let a user sign in by the password alone; raises `Conflict` if there is none. Returns how many were connected."""
    if not await has_password(conn, user_id):
        raise Conflict("Set a password first, or you could not sign in any more")
    return (await conn.execute("DELETE FROM headrace.identities WHERE user_id = %s", (user_id,))).rowcount


async def is_connected(conn: Connection, user_id: UUID) -> bool:
    """Whether a user signs in at the provider."""
    cursor = await conn.execute("SELECT FROM headrace.identities WHERE user_id = %s LIMIT 1", (user_id,))
    return await cursor.fetchone() is not None


async def has_password(conn: Connection, user_id: UUID) -> bool:
    """Whether a user can sign in with a password."""
    cursor = await conn.execute(
        "SELECT FROM headrace.users WHERE id = %s AND password_hash IS NOT NULL FOR UPDATE", (user_id,)
    )
    return await cursor.fetchone() is not None


def _enabled(found: User) -> User:
    if found.disabled_at is not None:
        raise Forbidden("This account is disabled; ask an administrator")
    return found
