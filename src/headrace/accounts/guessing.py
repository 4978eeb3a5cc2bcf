"""Guessing passwords: each wrong one makes the next wait longer, and nobody can lock another out by it.

An attempt is counted before the password is looked at, so that a thousand at once are a thousand. It counts three times: for
the account from this address, for the account from anywhere, and for the address. Whoever signed in from an address within
the last 30 days is not held up by what others try elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from headrace.accounts.address import prefix
from headrace.db.connect import Connection, Database
from headrace.db.query import query
from headrace.errors import HeadraceError
from headrace.keyring import Keyring

KNOWN = timedelta(days=30)
FORGET = timedelta(days=1)
_PURPOSE = "sign-in attempts"


class TooManyAttempts(HeadraceError):
    """There were too many wrong passwords; `retry_after` says when the next is looked at."""

    code = "too_many_attempts"
    status = 429


@dataclass(frozen=True, slots=True)
class _Rule:
    """After `free` attempts the wait begins at 1 s, doubles with each further one, and ends at `longest`."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        over = failures - self.free
        return min(timedelta(seconds=2 ** min(over, 20)), self.longest) if over >= 0 else timedelta(0)


_HERE = _Rule(5, timedelta(minutes=5))
_ANYWHERE = _Rule(20, timedelta(minutes=1))
_ADDRESS = _Rule(100, timedelta(minutes=1))


async def admit(
    database: Database, keyring: Keyring, *, account: str, address: str | None, now: datetime | None = None
) -> None:
    """Count an attempt to sign in; raises `TooManyAttempts` while it is too early for another."""
    here, anywhere, place = _subjects(keyring, account, address)
    rules = {here: _HERE, anywhere: _ANYWHERE, place: _ADDRESS}
    async with database.transaction() as conn:
        rows = await _locked(conn, sorted(rules), now)
        found = {row[0]: row for row in rows}
        is_known = found[here][3]
        bound = [subject for subject in rules if not (is_known and subject != here)]
        wait = max(found[subject][2] for subject in bound)
        if wait > timedelta(0):
            raise TooManyAttempts(
                "There were too many attempts to sign in; try again when the time in Retry-After is over",
                retry_after=wait,
            )
        waits = [(subject, found[subject][1] + 1, rules[subject].wait(found[subject][1] + 1)) for subject in bound]
        await _count(conn, waits, now)


async def forgive(
    database: Database, keyring: Keyring, *, account: str, address: str | None, now: datetime | None = None
) -> None:
    """Forget the attempts at an account that has just been signed in to, and know its address from now on."""
    here, anywhere, place = _subjects(keyring, account, address)
    params = {"here": here, "anywhere": anywhere, "place": place, "known": KNOWN, "now": now}
    async with database.connection() as conn:
        await conn.execute(query(__package__, "forgive_attempts"), params)


async def forget_attempts(conn: Connection, now: datetime | None) -> int:
    """Delete what no longer counts; return how many."""
    cursor = await conn.execute(query(__package__, "forget_attempts"), {"now": now, "age": FORGET})
    return cursor.rowcount


def _subjects(keyring: Keyring, account: str, address: str | None) -> tuple[bytes, bytes, bytes]:
    place, who = prefix(address), account.strip().casefold()
    texts = (f"here {place} {who}", f"anywhere {who}", f"address {place}")
    here, anywhere, at = (keyring.mac(_PURPOSE, text.encode("utf-8", "surrogateescape")) for text in texts)
    return here, anywhere, at


async def _locked(
    conn: Connection, subjects: Sequence[bytes], now: datetime | None
) -> Sequence[tuple[bytes, int, timedelta, bool]]:
    params = {"subjects": list(subjects), "now": now, "age": FORGET}
    await conn.execute(query(__package__, "add_attempts"), params)
    return await (await conn.execute(query(__package__, "lock_attempts"), params)).fetchall()


async def _count(conn: Connection, waits: Sequence[tuple[bytes, int, timedelta]], now: datetime | None) -> None:
    subjects, failures, rests = (list(column) for column in zip(*waits, strict=True))
    params = {"subjects": subjects, "failures": failures, "waits": rests, "now": now}
    await conn.execute(query(__package__, "count_attempts"), params)
