"""Signed tokens for programs: an access token of ten minutes (JWT), and a refresh token that is exchanged at each use.

Both name a session, which decides: what they may do is its user's role at the time of the request. The session counts how
often its refresh token was exchanged, as Supabase Auth does: only the newest is exchanged; the one before it gets the same
answer for half a minute, since two tabs may race or an answer be lost; an older one was stolen, from us or from its owner,
and ends the session (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from headrace.accounts import session
from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import ACCOUNTS
from headrace.errors import Unauthorized
from headrace.ids import new_id
from headrace.keyring import Keyring

ACCESS_LIFE = timedelta(minutes=10)
LEEWAY = timedelta(seconds=10)
REUSE = timedelta(seconds=30)
REFRESH_PREFIX = "hf_"
TOKEN_MAX = 1_024

_ALGORITHM = "HS256"
_TYPE = "at+jwt"  # RFC 9068
_ISSUER = "headrace"
_AUDIENCE = "headrace api"
_SIGNING = "access token"
_REFRESH = "refresh token"
_CLAIMS = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Access:
    """Whom and which session an access token names."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, when it ends, and the refresh token that gets the next."""

    access: str
    expires_at: int
    refresh: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of a refresh token: new tokens, or none if it was an old one, which has ended its session."""

    access: Access
    tokens: Tokens | None


async def issue(
    conn: Connection, keyring: Keyring, user_id: UUID, origin: session.Origin, *, now: datetime | None = None
) -> Tokens:
    """Begin a session of a user and return its first tokens."""
    session_id = await session.begin_tokens(conn, user_id, origin, now=now)
    return _tokens(keyring, Access(user_id, session_id), 0, now)


async def refresh(conn: Connection, keyring: Keyring, token: str, *, now: datetime | None = None) -> Refreshed:
    """Exchange a refresh token. Commit also if no tokens come of it: the session is over then.

    Raises `Unauthorized` if the token is none of ours, or its session has ended.
    """
    session_id, count = _read_refresh(keyring, token)
    params = {"id": session_id, "reuse": REUSE, "now": now}
    row = await (await conn.execute(query(__package__, "lock_session"), params)).fetchone()
    if row is None:
        raise Unauthorized("The session has ended; sign in again")
    user_id, refreshes, is_recent = row
    access = Access(user_id, session_id)
    if count == refreshes:
        await conn.execute(query(__package__, "refresh_session"), params)
        return Refreshed(access, _tokens(keyring, access, count + 1, now))
    if count == refreshes - 1 and is_recent:
        return Refreshed(access, _tokens(keyring, access, refreshes, now))
    await conn.execute("DELETE FROM headrace.sessions WHERE id = %s", (session_id,))
    note_topics(conn, {ACCOUNTS})
    return Refreshed(access, None)


def mint(keyring: Keyring, access: Access, *, now: datetime | None = None) -> tuple[str, int]:
    """Return an access token and when it ends, in Unix seconds."""
    import jwt

    moment = int(now.timestamp() if now else time.time())
    ends = moment + int(ACCESS_LIFE.total_seconds())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": str(access.user_id),
        "sid": str(access.session_id),
        "iat": moment,
        "exp": ends,
        "jti": str(new_id()),
    }
    key_id = keyring.key_id
    headers = {"typ": _TYPE, "kid": key_id}
    return jwt.encode(claims, keyring.derived(_SIGNING)[key_id], _ALGORITHM, headers), ends


def read_access(keyring: Keyring, token: str, *, now: datetime | None = None) -> Access | None:
    """Return what an access token names, if it is one of ours and has not ended; whether its session has is not asked."""
    import jwt

    if len(token) > TOKEN_MAX:
        return None
    try:
        header = jwt.get_unverified_header(token)
        key = keyring.derived(_SIGNING).get(str(header.get("kid")))
        if key is None or header.get("typ") != _TYPE:
            return None
        options: jwt.types.Options = {
            "require": _CLAIMS,
            "verify_exp": False,
            "verify_iat": False,
        }  # by our clock, below
        claims = jwt.decode(token, key, [_ALGORITHM], options, audience=_AUDIENCE, issuer=_ISSUER)
        if int(claims["exp"]) + LEEWAY.total_seconds() <= (now.timestamp() if now else time.time()):
            return None
        return Access(UUID(claims["sub"]), UUID(claims["sid"]))
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # the last for JSON nested too deep
        return None


def _tokens(keyring: Keyring, access: Access, count: int, now: datetime | None) -> Tokens:
    text, ends = mint(keyring, access, now=now)
    body = access.session_id.bytes + count.to_bytes(8)
    signed = urlsafe_b64encode(body + keyring.mac(_REFRESH, body)).rstrip(b"=").decode()
    return Tokens(text, ends, REFRESH_PREFIX + signed)


def _read_refresh(keyring: Keyring, token: str) -> tuple[UUID, int]:
    text = token.removeprefix(REFRESH_PREFIX)
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    body, mac = raw[:24], raw[24:]
    if not token.startswith(REFRESH_PREFIX) or len(mac) != 32 or not keyring.verify(_REFRESH, body, mac):
        raise Unauthorized("That is no refresh token of this installation; sign in again")
    return UUID(bytes=body[:16]), int.from_bytes(body[16:])
