"""Links that work once: to a new password, made by an admin, and to an account, for whom an admin invites."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from headrace.accounts.permission import Role
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import NotFound
from headrace.ids import new_id

LIFE_MAX = timedelta(days=30)
TOKEN_MAX = 200
_TOKEN_BYTES = 32


class LinkKind(StrEnum):
    """What a link is for."""

    RESET = "reset"
    INVITATION = "invitation"


LIFE = {LinkKind.RESET: timedelta(days=1), LinkKind.INVITATION: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as lists show it; the token in it is shown once, when it is made."""

    id: UUID
    kind: str
    user_id: UUID | None
    email: str | None
    role: str | None
    created_at: datetime
    expires_at: datetime


async def reset_password(
    conn: Connection, user_id: UUID, *, life: timedelta = LIFE[LinkKind.RESET], now: datetime | None = None
) -> tuple[Link, str]:
    """Make a link by which a user sets a new password, in place of one there is; return it and its token.

    Raises `NotFound`.
    """
    found = await (
        await conn.execute("SELECT email FROM headrace.users WHERE id = %s FOR UPDATE", (user_id,))
    ).fetchone()
    if found is None:
        raise NotFound(f"There is no user {user_id}")
    await conn.execute("DELETE FROM headrace.account_links WHERE user_id = %s", (user_id,))
    return await _make(
        conn, {"kind": LinkKind.RESET, "user": user_id, "email": None, "role": None, "life": life, "now": now}
    )


async def invite(
    conn: Connection,
    *,
    role: Role,
    email: str | None = None,
    life: timedelta = LIFE[LinkKind.INVITATION],
    now: datetime | None = None,
) -> tuple[Link, str]:
    """Make a link to an account of that role, of whoever has it or of one e-mail address alone; return it and its token."""
    values = {"kind": LinkKind.INVITATION, "user": None, "email": email, "role": role, "life": life, "now": now}
    return await _make(conn, values)


async def look_up(conn: Connection, kind: LinkKind, token: str, *, now: datetime | None = None) -> Link:
    """Return what a link is for, without using it; raises `NotFound`."""
    return await _find(conn, kind, token, name="find_link", now=now)


async def use(conn: Connection, kind: LinkKind, token: str, *, now: datetime | None = None) -> Link:
    """Use a link up and return what it is for; raises `NotFound` if there is none, or it was used or has expired.

    In the transaction of what is done with it: if that fails, the link is good still.
    """
    return await _find(conn, kind, token, name="use_link", now=now)


async def list_links(conn: Connection, *, now: datetime | None = None) -> list[Link]:
    """Return the links that still count, the newest first."""
    async with conn.cursor(row_factory=class_row(Link)) as cursor:
        await cursor.execute(query(__package__, "list_links"), {"now": now})
        return await cursor.fetchall()


async def withdraw(conn: Connection, link_id: UUID) -> None:
    """End a link; raises `NotFound`."""
    if not (await conn.execute("DELETE FROM headrace.account_links WHERE id = %s", (link_id,))).rowcount:
        raise NotFound(f"There is no link {link_id}")


def hash_of(token: str) -> bytes:
    """Return what is stored of a link's token: its 256 random bits need no more than a plain hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def _make(conn: Connection, values: Mapping[str, object]) -> tuple[Link, str]:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    async with conn.cursor(row_factory=class_row(Link)) as cursor:
        await cursor.execute(query(__package__, "create_link"), {"id": new_id(), "hash": hash_of(token), **values})
        made = await cursor.fetchone()
    assert made is not None
    return made, token


async def _find(conn: Connection, kind: LinkKind, token: str, *, name: str, now: datetime | None) -> Link:
    params = {"kind": kind, "hash": hash_of(token), "now": now}
    async with conn.cursor(row_factory=class_row(Link)) as cursor:
        await cursor.execute(query(__package__, name), params)
        found = await cursor.fetchone()
    if found is None:
        raise NotFound("The link was used already, has expired or was withdrawn; ask for a new one")
    return found
