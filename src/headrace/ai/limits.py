"""The limits of providers and models: set, shown, lifted; they hold across all workers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from headrace.ai.limit import Limit
from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.errors import InvalidInput, NotFound, SettingsError
from headrace.json import dumps

NAME_MAX = 300
_NAME = re.compile(r"[a-z][a-z0-9_-]*(:\S+)?")
_COUNT = "([1-9][0-9]{0,8})?"
_ENTRY = re.compile(rf"([a-z][a-z0-9_-]*(:[^\s=]+)?)={_COUNT}/{_COUNT}/{_COUNT}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a limit allows; `None` is no bound."""

    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


async def set_limit(
    conn: Connection,
    name: str,
    *,
    concurrency: int | None = None,
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
) -> None:
    """Bound a provider (`openai`) or one of its models (`openai:gpt-5`), in the caller's transaction; `None` is no bound."""
    if not _NAME.fullmatch(name) or len(name) > NAME_MAX:
        raise InvalidInput(f"A limit is named provider or provider:model, not {name[:NAME_MAX]!r}")
    await run(conn, "block_limits")
    await run(
        conn,
        "set_limit",
        name=name,
        concurrency=concurrency,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
    )


async def declare_limits(conn: Connection, limits: Mapping[str, Bounds]) -> None:
    """Set the limits of the settings where the API has set none, and lift those that the settings no longer have."""
    rows = [{"name": name, **asdict(bounds)} for name, bounds in limits.items()]
    async with conn.transaction():
        await run(conn, "block_limits")
        await run(conn, "declare_limits", limits=dumps(rows))


def limits_of(entries: Iterable[str]) -> dict[str, Bounds]:
    """Return the limits that a setting names: `name=concurrency/requests/tokens`, parts empty where nothing is bounded.

    Raises `SettingsError`.
    """
    found: dict[str, Bounds] = {}
    for entry in entries:
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise SettingsError(
                f"HEADRACE_AI_LIMITS: {entry!r} is no limit; write provider=concurrency/requests/tokens a minute, such as "
                "openai:gpt-5=20/500/200000, and leave a part empty that bounds nothing"
            )
        found[match[1]] = Bounds(*(int(part) if part else None for part in match.group(3, 4, 5)))
    return found


async def add_limits(conn: Connection, names: Iterable[str]) -> None:
    """Make rows for names that have none, so that a provider's wish to wait can be noted there."""
    wanted = set(names)
    known = {row["name"] for row in await (await run(conn, "find_limits", names=sorted(wanted))).fetchall()}
    if missing := sorted(wanted - known):
        async with conn.transaction():
            await run(conn, "block_limits")
            await run(conn, "add_limits", names=missing)


async def delete_limit(conn: Connection, name: str) -> None:
    """Lift a limit; raises `NotFound`."""
    if not (await run(conn, "delete_limit", name=name)).rowcount:
        raise NotFound(f"There is no limit for {name}")


async def list_limits(
    conn: Connection, name: str | None = None, *, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Return the limits by name, with what of the last minute counts against them and how many owners wait."""
    rows = await (await run(conn, "list_limits", name=name, now=now)).fetchall()
    if name is not None and not rows:
        raise NotFound(f"There is no limit for {name}")
    return [_shown(row) for row in rows]


async def recount(conn: Connection) -> int:
    """Put right the limits that count calls which are gone; return how many were wrong."""
    if not await (await run(conn, "find_miscounts")).fetchall():
        return 0
    await run(conn, "block_limits")
    return (await run(conn, "recount_limits")).rowcount


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    now, waiting = row.pop("now"), row.pop("waiting")
    limit = Limit.of(row)
    requests, tokens = limit.last_minute(now)
    held = limit.held_until if limit.held_until is not None and limit.held_until > now else None
    return {**row, "requests": requests, "tokens": tokens, "waiting_owners": waiting, "held_until": held}
