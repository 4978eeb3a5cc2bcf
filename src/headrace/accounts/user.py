"""Users: people with an e-mail address and a role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from headrace.accounts.permission import Role
from headrace.accounts.session import end_all
from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import ACCOUNTS
from headrace.errors import Conflict, InvalidInput, NotFound
from headrace.ids import new_id

EMAIL_MAX = 254  # RFC 5321, section 4.5.3.1.3, less the brackets
NAME_MAX = 200
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f<>\",;:]+@[^\s@\x00-\x1f\x7f<>\",;:]+")


class EmailTaken(Conflict):
    """There is an account with that e-mail address."""

    code = "email_taken"


class LastAdmin(Conflict):
    """Without this administrator nobody could administer the installation."""

    code = "last_admin"


@dataclass(frozen=True, slots=True)
class User:
    """A user as others may see them."""

    id: UUID
    email: str
    name: str
    role: str
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to change of a user; `None` leaves a thing as it is."""

    name: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None

    @property
    def takes_power(self) -> bool:
        """Whether an administrator might be none after it."""
        return self.is_disabled is True or (self.role is not None and self.role is not Role.ADMIN)


def email_key(email: str) -> str:
    """Return the address by which an account is found: capitals make no second account."""
    return email.strip().casefold()


def check_email(email: str) -> str:
    """Return an address without spaces around it; raises `InvalidInput` for what can't be one."""
    email = email.strip()
    if len(email) > EMAIL_MAX or not _EMAIL.fullmatch(email):
        raise InvalidInput("That is no e-mail address", pointer="/email")
    return email


async def create(
    conn: Connection,
    *,
    email: str,
    role: Role,
    password_hash: str | None,
    name: str = "",
    now: datetime | None = None,
) -> User:
    """Make a user; without a password they sign in elsewhere, or by a link. Raises `InvalidInput` or `EmailTaken`."""
    email = check_email(email)
    values = {"id": new_id(), "email": email, "key": email_key(email), "name": name, "role": role}
    made = await _one(conn, "create_user", **values, password=password_hash, now=now)
    if made is None:
        raise EmailTaken(f"There is an account for {email} already")
    return made


async def show(conn: Connection, user_id: UUID) -> User:
    """Return a user; raises `NotFound`."""
    found = await _one(conn, "find_user", id=user_id, key=None)
    if found is None:
        raise NotFound(f"There is no user {user_id}")
    return found


async def find(conn: Connection, email: str) -> User | None:
    """Return the user with an address, if there is one."""
    return await _one(conn, "find_user", id=None, key=email_key(email))


async def list_users(conn: Connection, *, after: UUID, limit: int, words: str | None = None) -> list[User]:
    """Return users in the order they were made, those after an id; if `words` are given, who has them in name or address."""
    given = {"after": after, "limit": limit, "words": words, "key": words and email_key(words)}
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(query(__package__, "list_users"), given)
        return await cursor.fetchall()


async def change(conn: Connection, user_id: UUID, wanted: Change, *, now: datetime | None = None) -> User:
    """Change a user; one who is disabled is signed out everywhere. Raises `NotFound` or `LastAdmin`."""
    if wanted.takes_power:
        await _keep_an_admin(conn, user_id)
    values = {"name": wanted.name, "role": wanted.role, "disabled": wanted.is_disabled}
    changed = await _one(conn, "change_user", id=user_id, **values, now=now)
    if changed is None:
        raise NotFound(f"There is no user {user_id}")
    if wanted.is_disabled:
        await end_all(conn, user_id)
    note_topics(conn, {ACCOUNTS})
    return changed


async def set_password(conn: Connection, user_id: UUID, password_hash: str) -> None:
    """Store the hash of another password; links that would set one count no more."""
    await conn.execute("UPDATE headrace.users SET password_hash = %s WHERE id = %s", (password_hash, user_id))
    await conn.execute("DELETE FROM headrace.account_links WHERE user_id = %s", (user_id,))


async def set_email(conn: Connection, user_id: UUID, email: str) -> User:
    """Change the address a user signs in with. Raises `InvalidInput`, `NotFound` or `EmailTaken`."""
    email = check_email(email)
    try:
        changed = await _one(conn, "set_email", id=user_id, email=email, key=email_key(email))
    except UniqueViolation:
        raise EmailTaken(f"There is an account for {email} already") from None
    if changed is None:
        raise NotFound(f"There is no user {user_id}")
    note_topics(conn, {ACCOUNTS})
    return changed


async def delete(conn: Connection, user_id: UUID) -> None:
    """Delete a user with sessions and keys; their jobs stay. Raises `NotFound` or `LastAdmin`."""
    await _keep_an_admin(conn, user_id)
    gone = await conn.execute("DELETE FROM headrace.users WHERE id = %s", (user_id,))
    if not gone.rowcount:
        raise NotFound(f"There is no user {user_id}")
    note_topics(conn, {ACCOUNTS})


async def is_any(conn: Connection) -> bool:
    """Whether there is any user."""
    row = await (await conn.execute("SELECT EXISTS (SELECT FROM headrace.users)")).fetchone()
    assert row is not None
    return bool(row[0])


async def _keep_an_admin(conn: Connection, user_id: UUID) -> None:
    admins = {id_ for (id_,) in await (await conn.execute(query(__package__, "lock_admins"))).fetchall()}
    if admins == {user_id}:
        raise LastAdmin("This is the only administrator; make somebody else one first")


async def _one(conn: Connection, file: LiteralString, /, **params: object) -> User | None:
    async with conn.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(query(__package__, file), params)
        return await cursor.fetchone()
