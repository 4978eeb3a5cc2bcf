"""API keys: what programs show to act for a user, cut down to scopes; the database has their HMAC alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

from psycopg.rows import class_row

from headrace.accounts.permission import Permission, Role, granted
from headrace.accounts.principal import Principal, person
from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import ACCOUNTS
from headrace.errors import Conflict, InvalidInput, NotFound
from headrace.ids import new_id
from headrace.keyring import Keyring

PREFIX = "hr_"
SECRET_CHARS = 30  # of 62: 178 bits
CHECK_CHARS = 6
KEYS_MAX = 100
NAME_MAX = 100
GRACE_MAX = timedelta(days=30)
LIFE_MAX = timedelta(days=3_660)

_PURPOSE = "api key"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as lists show it; the key itself is shown once, when it is made."""

    id: UUID
    user_id: UUID
    name: str
    last4: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    old_until: datetime | None
    key_id: str


async def create(
    conn: Connection,
    keyring: Keyring,
    owner: Principal,
    *,
    name: str,
    scopes: Iterable[str],
    life: timedelta | None = None,
    now: datetime | None = None,
) -> tuple[UUID, str]:
    """Make a key of a user and return its id and text; without `life` it is good until it is withdrawn.

    Raises `InvalidInput` for scopes that its user's role has not, `Conflict` at the hundredth key.
    """
    assert owner.user_id is not None
    wanted = sorted(set(scopes))
    _check_scopes(wanted, owner.role)
    await conn.execute("SELECT FROM headrace.users WHERE id = %s FOR UPDATE", (owner.user_id,))
    if len(await list_keys(conn, owner.user_id)) >= KEYS_MAX:
        raise Conflict(f"There are {KEYS_MAX} keys already; withdraw those that nobody uses")
    text = new_text()
    key_id = new_id()
    params = {
        "id": key_id,
        "user": owner.user_id,
        "name": name,
        "scopes": wanted,
        "life": life,
        "now": now,
        **_stored(keyring, text),
    }
    await conn.execute(query(__package__, "create_key"), params)
    return key_id, text


async def find(conn: Connection, keyring: Keyring, text: str, *, now: datetime | None = None) -> Principal | None:
    """Return whose key it is; `None` if it is none, has expired, was withdrawn, or its user is disabled.

    Notes its use at most once a minute, and stores its HMAC by the present secret if an older one made the stored one.
    """
    if not is_well_formed(text):
        return None
    macs = _macs(keyring, text)
    row = await (
        await conn.execute(query(__package__, "find_key"), {"macs": list(macs.values()), "now": now})
    ).fetchone()
    if row is None:
        return None
    key_id, user_id, email, role, scopes, mac, is_stale = row
    if not any(hmac.compare_digest(mac, known) for known in macs.values()):
        return None
    newest = _stored(keyring, text)
    if is_stale or mac != newest["mac"]:
        await conn.execute(query(__package__, "note_key_use"), {"id": key_id, "found": mac, "now": now, **newest})
    return person(user_id, email, Role(role), credential_id=key_id, key_scopes=scopes)


async def list_keys(conn: Connection, user_id: UUID | None) -> list[ApiKey]:
    """Return the keys of a user, or of all, the newest first."""
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(query(__package__, "list_keys"), {"user": user_id})
        return await cursor.fetchall()


async def show(conn: Connection, key_id: UUID, *, user_id: UUID | None) -> ApiKey:
    """Return a key of a user, or of anybody; raises `NotFound`."""
    found = [key for key in await list_keys(conn, user_id) if key.id == key_id]
    if not found:
        raise NotFound(f"There is no key {key_id}")
    return found[0]


async def rotate(
    conn: Connection,
    keyring: Keyring,
    key_id: UUID,
    *,
    user_id: UUID | None,
    grace: timedelta,
    now: datetime | None = None,
) -> str:
    """Exchange a key for a new text of the same name, scopes and expiry; the old one is good for `grace` more.

    Raises `NotFound`.
    """
    text = new_text()
    params = {"id": key_id, "user": user_id, "grace": grace, "now": now, **_stored(keyring, text)}
    if not (await conn.execute(query(__package__, "rotate_key"), params)).rowcount:
        raise NotFound(f"There is no key {key_id}")
    note_topics(conn, {ACCOUNTS})
    return text


async def withdraw(conn: Connection, key_id: UUID, *, user_id: UUID | None) -> None:
    """End a key of a user, or of anybody; raises `NotFound`."""
    params = {"id": key_id, "user": user_id}
    if not (await conn.execute(query(__package__, "withdraw_key"), params)).rowcount:
        raise NotFound(f"There is no key {key_id}")
    note_topics(conn, {ACCOUNTS})


def new_text() -> str:
    """Return a new key: `hr_`, 30 random characters, and 6 by which a typing error is known without a look-up."""
    secret = "".join(secrets.choice(_DIGITS) for _ in range(SECRET_CHARS))
    return f"{PREFIX}{secret}{_checksum(secret)}"


def is_well_formed(text: str) -> bool:
    """Whether a text is a key by its length, characters and checksum."""
    body = text.removeprefix(PREFIX)
    if not text.startswith(PREFIX) or len(body) != SECRET_CHARS + CHECK_CHARS or not body.isascii():
        return False
    return _checksum(body[:SECRET_CHARS]) == body[SECRET_CHARS:]


def _checksum(secret: str) -> str:
    rest, digits = crc32(secret.encode()), ""
    for _ in range(CHECK_CHARS):
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _macs(keyring: Keyring, text: str) -> dict[str, bytes]:
    keys = keyring.derived(_PURPOSE)
    return {key_id: hmac.new(key, text.encode(), hashlib.sha256).digest() for key_id, key in keys.items()}


def _stored(keyring: Keyring, text: str) -> dict[str, object]:
    return {"mac": _macs(keyring, text)[keyring.key_id], "key_id": keyring.key_id, "last4": text[-4:]}


def _check_scopes(scopes: list[str], role: Role | None) -> None:
    known = granted(role) if role else frozenset[Permission]()
    foreign = [scope for scope in scopes if scope not in known]
    if foreign or not scopes:
        offered = ", ".join(sorted(known))
        raise InvalidInput(f"A key needs scopes, and your role has these: {offered}", pointer="/scopes")
