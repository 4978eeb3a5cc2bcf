"""Finds out who asks: by the `Authorization` header, else the session's cookie, else the network the call comes from."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeAlias

from headrace.accounts import job_link, key, session
from headrace.accounts import local as local_token
from headrace.accounts import token as signed
from headrace.accounts.principal import Principal, anonymous, local, trusted
from headrace.clock import Clock
from headrace.db.connect import Connection, Database
from headrace.db.wake import ACCOUNTS, Wakeups
from headrace.keyring import Keyring

FRESH = 5.0
KEPT_MAX = 10_000
TOKEN_MAX = 4_096

Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]
_Find: TypeAlias = Callable[[Connection, str, datetime | None], Awaitable[Principal | None]]

_ANONYMOUS = anonymous("Sign in, or send a key: Authorization: Bearer hr_…")
_BAD_HEADER = anonymous("The Authorization header is not of the form: Bearer, a space, and a key or token")
_BAD_TOKEN = anonymous("The key or token is wrong, has expired or was withdrawn")
_BAD_COOKIE = anonymous("The session has ended; sign in again")
_TRUSTED = trusted()
_LOCAL = local()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings to show who asks; `peer` is None where a proxy stands between."""

    authorization: str | None
    cookie: str | None
    peer: str | None


class Identities:
    """Who stands behind credentials, remembered for at most 5 s; forgotten at once when any account changes."""

    def __init__(
        self, database: Database, wakeups: Wakeups, keyring: Callable[[], Keyring], *, networks: Networks, clock: Clock
    ) -> None:
        """Take where to look; `networks` are those whose calls without credential are the trusted member's."""
        self._database = database
        self._keyring = keyring
        self._networks = networks
        self._clock = clock
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._generation = 0
        self._changed = asyncio.Event()
        wakeups.listen(self._forget)

    async def changed(self, within: float) -> None:
        """Return when any account changed, at the latest after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._changed.wait()

    async def of(self, given: Credentials) -> Principal:
        """Return who asks; nobody known (with the reason) if a credential doesn't count."""
        if given.authorization is not None:
            return await self._by_header(given.authorization)
        if given.cookie is not None:
            found = await self._by_cookie(given.cookie)
            return found or self._by_network(given.peer) or _BAD_COOKIE
        return self._by_network(given.peer) or _ANONYMOUS

    async def _by_header(self, header: str) -> Principal:
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > TOKEN_MAX:
            return _BAD_HEADER
        if token.startswith(local_token.PREFIX):
            return _LOCAL if local_token.is_good(self._keyring(), token) else _BAD_TOKEN
        if not self._is_worth_a_look(token):
            return _BAD_TOKEN
        return await self._found("bearer", token, self._by_bearer) or _BAD_TOKEN

    async def _by_cookie(self, token: str) -> Principal | None:
        if len(token) > TOKEN_MAX:
            return None
        return await self._found("cookie", token, self._by_session)

    def _by_network(self, peer: str | None) -> Principal | None:
        if peer is None or not self._networks:
            return None
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return None
        return _TRUSTED if any(address in network for network in self._networks) else None

    async def _by_session(self, conn: Connection, token: str, now: datetime | None) -> Principal | None:
        return await session.find(conn, token=token, now=now)

    async def _by_bearer(self, conn: Connection, token: str, now: datetime | None) -> Principal | None:
        """Return whose key or signed token it is."""
        if token.startswith(key.PREFIX):
            return await key.find(conn, self._keyring(), token, now=now)
        if token.startswith(job_link.PREFIX):
            return await job_link.find(conn, token, now=now)
        access = signed.read_access(self._keyring(), token, now=now)
        return await session.find(conn, session_id=access.session_id, now=now) if access else None

    def _is_worth_a_look(self, token: str) -> bool:
        """Whether a text may be a key or token of ours, told without asking the database."""
        if token.startswith(key.PREFIX):
            return key.is_well_formed(token)
        if token.startswith(job_link.PREFIX):
            return job_link.is_well_formed(token)
        return signed.read_access(self._keyring(), token, now=self._clock.now) is not None

    async def _found(self, how: str, token: str, find: _Find) -> Principal | None:
        digest = hashlib.sha256(f"{how} {token}".encode("utf-8", "surrogateescape")).digest()
        until, principal = self._known.get(digest, (0.0, None))
        if principal is not None and time.monotonic() < until:
            return principal
        generation = self._generation
        async with self._database.connection() as conn:
            found = await find(conn, token, self._clock.now)
        if found is not None and generation == self._generation:  # else it may have been withdrawn meanwhile
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            self._known[digest] = time.monotonic() + FRESH, found
        return found

    def _forget(self, topics: set[str]) -> None:
        if ACCOUNTS in topics:
            self._generation += 1
            self._known.clear()
            self._changed.set()
            self._changed = asyncio.Event()
