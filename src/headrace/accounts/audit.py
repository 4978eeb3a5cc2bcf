"""The audit log: who did what, on what, from where; added to in the transaction of the act, never changed, kept a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import orjson
from psycopg import sql
from psycopg.rows import dict_row

from headrace.accounts.principal import Principal
from headrace.accounts.session import Origin
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.ids import CLOCK_SKEW, first_id, new_id

BATCH = 1_000
BATCHES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was done: `action` is a noun and what became of it, `target` a kind and an id."""

    actor: Principal
    action: str
    target: str
    origin: Origin
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which entries are wanted; what is left empty does not narrow."""

    actor_id: UUID | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


async def note(conn: Connection, entry: Entry, *, now: datetime | None = None) -> None:
    """Add an entry, in the transaction of what it tells of. Secrets have no place in `details`."""
    params = {
        "id": new_id(),
        "now": now,
        "kind": entry.actor.kind,
        "actor": entry.actor.user_id,
        "name": entry.actor.name,
        "action": entry.action,
        "target": entry.target,
        "address": entry.origin.address,
        "request": entry.origin.request_id,
        "details": orjson.dumps(dict(entry.details), default=str).decode(),
    }
    await conn.execute(query(__package__, "note_audit"), params)


async def search(conn: Connection, wanted: Search, *, limit: int) -> list[dict[str, Any]]:
    """Return entries, newest first."""
    pairs: list[tuple[LiteralString, object]] = [
        ("actor_id = {}", wanted.actor_id),
        ("action = {}", wanted.action),
        ("target = {}", wanted.target),
        ("at >= {}", wanted.since),
        ("at < {}", wanted.until),
        ("id >= {}", first_id(wanted.since, -CLOCK_SKEW)),
        ("id < {}", first_id(wanted.until, CLOCK_SKEW)),
        ("id < {}", wanted.before),
    ]
    asked = [sql.SQL(text).format(sql.Literal(value)) for text, value in pairs if value is not None]
    page = sql.SQL("SELECT * FROM headrace.audit_log WHERE {} ORDER BY id DESC LIMIT {}").format(
        sql.SQL(" AND ").join([sql.SQL("true"), *asked]), sql.Literal(limit)
    )
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(page, prepare=False)
        return await cursor.fetchall()


async def prune(conn: Connection, keep: timedelta, *, now: datetime | None = None) -> int:
    """Delete up to 10,000 entries that are older than `keep` and than 30 days; return how many."""
    last_id = first_id((now or datetime.now(UTC)) - keep, CLOCK_SKEW)
    params = {"now": now, "keep": keep, "last_id": last_id, "most": BATCH}
    pruned = 0
    for _ in range(BATCHES):
        row = await (await conn.execute(query(__package__, "prune_audit"), params)).fetchone()
        assert row is not None
        pruned += row[0]
        if row[0] < BATCH:
            break
    return pruned
