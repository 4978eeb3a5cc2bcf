"""The first run: a code, shown to whoever started the server, makes the first administrator; no password is a default."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from headrace.accounts import user
from headrace.accounts.permission import Role
from headrace.accounts.user import User
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.errors import Conflict, InvalidInput

LIFE = timedelta(hours=1)
_BYTES = 15  # 120 bits are 24 letters


async def renew_code(conn: Connection, *, now: datetime | None = None) -> str | None:
    """Make a set-up code in place of an earlier one and return it; `None` if there is a user already."""
    letters = b32encode(secrets.token_bytes(_BYTES)).decode()
    params = {"hash": _hash(letters), "life": LIFE.total_seconds(), "now": now}
    if await (await conn.execute(query(__package__, "renew_setup_code"), params)).fetchone() is None:
        return None
    return "-".join(letters[at : at + 6] for at in range(0, len(letters), 6))


async def make_first_user(
    conn: Connection, code: str, *, email: str, name: str, password_hash: str, now: datetime | None = None
) -> User:
    """Make the first administrator and use the code up; raises `InvalidInput` (`code_wrong`), or `Conflict`."""
    cursor = await conn.execute(
        "SELECT code_hash, expires_at > coalesce(%s::timestamptz, now()) FROM headrace.setup_code FOR UPDATE", (now,)
    )
    row = await cursor.fetchone()
    if await user.is_any(conn):
        raise Conflict("This installation is set up already; sign in")
    if row is None or not row[1] or not hmac.compare_digest(row[0], _hash(_letters(code))):
        error = InvalidInput(
            "The set-up code is wrong or has expired; start the server again for a new one", pointer="/code"
        )
        error.code = "code_wrong"
        raise error
    await conn.execute("DELETE FROM headrace.setup_code")
    return await user.create(conn, email=email, role=Role.ADMIN, password_hash=password_hash, name=name, now=now)


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _hash(letters: str) -> bytes:
    return hashlib.sha256(letters.encode("utf-8", "surrogateescape")).digest()
