"""Sessions: what a sign-in opens and a sign-out ends; the browser holds a random token, the database its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from headrace.accounts.permission import Role
from headrace.accounts.principal import Principal, person
from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import ACCOUNTS
from headrace.errors import NotFound
from headrace.ids import new_id

IDLE = timedelta(hours=24)
LIFE = timedelta(days=30)
AGENT_MAX = 300
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the client's address, what its program calls itself, and the request's id."""

    address: str | None = None
    agent: str | None = None
    request_id: str | None = None


async def begin_browser(
    conn: Connection, user_id: UUID, origin: Origin, *, now: datetime | None = None
) -> tuple[UUID, str]:
    """Begin a browser's session and return its id and token; the token is not stored, only its hash."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return await _begin(conn, user_id, origin, kind="browser", token_hash=_hash(token), now=now), token


async def begin_tokens(conn: Connection, user_id: UUID, origin: Origin, *, now: datetime | None = None) -> UUID:
    """Begin a session that signed tokens name, and return its id."""
    return await _begin(conn, user_id, origin, kind="token", token_hash=None, now=now)


async def find(
    conn: Connection, *, token: str | None = None, session_id: UUID | None = None, now: datetime | None = None
) -> Principal | None:
    """Return whose session it is, by its token or its id; `None` if it has ended or its user is disabled."""
    wanted = {"hash": _hash(token) if token is not None else None, "id": session_id}
    params = {**wanted, "idle": IDLE.total_seconds(), "now": now}
    row = await (await conn.execute(query(__package__, "find_session"), params)).fetchone()
    if row is None:
        return None
    found_id, user_id, email, role, is_stale = row
    if is_stale:
        await conn.execute(
            "UPDATE headrace.sessions SET last_used_at = coalesce(%s::timestamptz, now()) WHERE id = %s",
            (now, found_id),
        )
    return person(user_id, email, Role(role), credential_id=found_id)


async def list_sessions(conn: Connection, user_id: UUID, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return the sessions of a user that still count, the one used last first."""
    params = {"user": user_id, "idle": IDLE.total_seconds(), "now": now}
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query(__package__, "list_sessions"), params)
        return await cursor.fetchall()


async def end(conn: Connection, user_id: UUID, session_id: UUID) -> None:
    """End one session of a user; raises `NotFound`."""
    ended = await conn.execute("DELETE FROM headrace.sessions WHERE id = %s AND user_id = %s", (session_id, user_id))
    if not ended.rowcount:
        raise NotFound(f"There is no session {session_id}")
    note_topics(conn, {ACCOUNTS})


async def end_all(conn: Connection, user_id: UUID, *, but: UUID | None = None) -> int:
    """End the sessions of a user, `but` one; return how many."""
    ended = await conn.execute(
        "DELETE FROM headrace.sessions WHERE user_id = %s AND id IS DISTINCT FROM %s", (user_id, but)
    )
    note_topics(conn, {ACCOUNTS})
    return ended.rowcount


async def _begin(
    conn: Connection, user_id: UUID, origin: Origin, *, kind: str, token_hash: bytes | None, now: datetime | None
) -> UUID:
    session_id = new_id()
    params = {
        "id": session_id,
        "user": user_id,
        "kind": kind,
        "hash": token_hash,
        "life": LIFE.total_seconds(),
        "address": origin.address,
        "agent": origin.agent,
        "now": now,
    }
    await conn.execute(query(__package__, "begin_session"), params)
    return session_id


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
