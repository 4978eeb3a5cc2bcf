"""What is configured over the API rather than by settings: aliases and sealed keys, read at most every 5 seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.rows import class_row

from headrace.db.connect import BROKEN, Connection, Database
from headrace.db.query import query
from headrace.errors import Unreadable
from headrace.jobs.upkeep.duty import Done, Duty
from headrace.keyring import Keyring
from headrace.log import get_logger

log = get_logger(__name__)

FRESH_SECONDS = 5.0
PURPOSE = "provider key"
RESEAL_LOCK = 7_221


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A provider's key as the database has it: sealed, with the last four characters to tell it by."""

    provider: str
    sealed: str = field(repr=False)
    last4: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says."""

    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, StoredKey] = field(default_factory=dict)


class Configured:
    """The aliases and keys in the database, as this process last read them."""

    def __init__(self, database: Database, keyring: Callable[[], Keyring], *, fresh: float = FRESH_SECONDS) -> None:
        """Read nothing yet, then at most every `fresh` seconds; `keyring` is called when a key is to be unsealed."""
        self._database = database
        self._keyring = keyring
        self._fresh = fresh
        self._stored = Stored()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def read(self) -> Stored:
        """Return what is stored, at most 5 seconds old unless the database is away."""
        async with self._reading:
            if time.monotonic() - self._read_at > self._fresh:
                await self._refresh()
        return self._stored

    def forget(self) -> None:
        """Read anew the next time: this process has changed something."""
        self._read_at = float("-inf")

    def unseal(self, key: StoredKey) -> str:
        """Return a key in clear; raises `Unreadable`."""
        return self._keyring().unseal(PURPOSE, key.sealed, bound_to=key.provider).decode()

    async def _refresh(self) -> None:
        try:
            async with self._database.connection() as conn:
                stored = Stored(await list_aliases(conn), await list_keys(conn))
        except BROKEN as error:
            if self._read_at == float("-inf"):
                raise
            log.warning("ai.configuration_unread", error=type(error).__name__)
            return
        self._stored, self._read_at = stored, time.monotonic()


async def list_aliases(conn: Connection) -> dict[str, tuple[str, ...]]:
    """Return the aliases that were set over the API."""
    cursor = await conn.execute("SELECT name, models FROM headrace.ai_aliases ORDER BY name")
    return {name: tuple(models) for name, models in await cursor.fetchall()}


async def set_alias(conn: Connection, name: str, models: tuple[str, ...]) -> None:
    """Make or change an alias."""
    await conn.execute(query(__package__, "set_alias"), {"name": name, "models": list(models)})


async def delete_alias(conn: Connection, name: str) -> bool:
    """Delete an alias; false if there was none."""
    return (await conn.execute("DELETE FROM headrace.ai_aliases WHERE name = %s", (name,))).rowcount == 1


async def list_keys(conn: Connection) -> dict[str, StoredKey]:
    """Return the sealed keys by their provider."""
    async with conn.cursor(row_factory=class_row(StoredKey)) as cursor:
        await cursor.execute("SELECT provider, sealed, last4, set_at FROM headrace.ai_keys")
        return {key.provider: key for key in await cursor.fetchall()}


async def set_key(conn: Connection, keyring: Keyring, provider: str, key: str) -> None:
    """Seal and store a provider's key in place of the one before."""
    sealed = keyring.seal(PURPOSE, key.encode(), bound_to=provider)
    values = {"provider": provider, "sealed": sealed, "last4": key[-4:]}
    await conn.execute(query(__package__, "set_key"), values)


async def delete_key(conn: Connection, provider: str) -> bool:
    """Delete a provider's stored key; false if there was none."""
    return (await conn.execute("DELETE FROM headrace.ai_keys WHERE provider = %s", (provider,))).rowcount == 1


def reseal_duty(keyring: Callable[[], Keyring]) -> Duty:
    """Return the duty that seals stored keys anew when the installation's secret key has changed."""

    async def run_once(conn: Connection, _now: datetime | None) -> Done:
        return Done(await reseal(conn, keyring()))

    return Duty("ai.reseal", 600.0, RESEAL_LOCK, run_once)


async def reseal(conn: Connection, keyring: Keyring) -> int:
    """Seal every key that an older secret sealed with the present one; return how many."""
    old = [key for key in (await list_keys(conn)).values() if keyring.needs_new_seal(key.sealed)]
    done = 0
    for key in old:
        try:
            clear = keyring.unseal(PURPOSE, key.sealed, bound_to=key.provider)
        except Unreadable as error:
            log.warning("ai.key_unreadable", provider=key.provider, problem=str(error))
            continue
        cursor = await conn.execute(
            "UPDATE headrace.ai_keys SET sealed = %s WHERE provider = %s AND sealed = %s",
            (keyring.seal(PURPOSE, clear, bound_to=key.provider), key.provider, key.sealed),
        )
        done += cursor.rowcount
    return done
