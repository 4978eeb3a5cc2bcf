"""Limits: how many jobs of a key may be queued or running at once, and how far apart their starts are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import queue_topic
from headrace.json import loads

KEY_MAX = 300


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` starts in `per`, evenly spaced."""

    count: int
    per: timedelta

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.count < 1 or self.per <= timedelta(0):
            raise ValueError("A Rate has a count of at least 1 and a positive time")

    @property
    def spacing(self) -> timedelta:
        """The least time between two starts."""
        return self.per / self.count


@dataclass(frozen=True, slots=True)
class LimitKey:
    """A key under which so many jobs may be queued or running at once."""

    key: str
    capacity: int


@dataclass(frozen=True, slots=True)
class RateKey:
    """A key under which jobs start at least this far apart."""

    key: str
    spacing: timedelta


def key_of(task: str, per: str | None, *, owner: str | None, input: bytes) -> str:  # noqa: A002 - the word of the API
    """Return the key a job counts under: its task's own, or one for each value of `owner` or of `input.<field>…`.

    Jobs without a value share one key.
    """
    match per:
        case None:
            return task
        case "owner":
            value: Any = owner
        case _:
            value = loads(input)
            for name in per.split(".")[1:]:
                value = value.get(name) if isinstance(value, dict) else None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"{task}/{text if len(text) <= KEY_MAX else hashlib.sha256(text.encode()).hexdigest()}"


def check_per(per: str | None) -> None:
    """Raise `ValueError` unless `per` is `owner` or `input.<field>`."""
    if per is not None and per != "owner" and not (per.startswith("input.") and all(per.split("."))):
        raise ValueError(f"A limit is per 'owner' or per 'input.<field>', not per {per!r}")


async def lock_keys(conn: Connection, wanted: Iterable[LimitKey]) -> None:
    """Lock limit keys in their order until the transaction ends, making those that are new."""
    capacities = {one.key: one.capacity for one in wanted}
    if capacities:
        await conn.execute(query(__package__, "lock_limit_keys"), {"batch": key_batch(capacities)})


def key_batch(capacities: Mapping[str, int]) -> str:
    """Return limit keys with their capacities as `lock_limit_keys` takes them."""
    return orjson.dumps([{"key": key, "capacity": capacity} for key, capacity in capacities.items()]).decode()


async def admit(conn: Connection, keys: Iterable[str], *, now: datetime | None = None) -> int:
    """Queue blocked jobs of these keys while there is room; in the transaction that made the room. Returns how many."""
    wanted = sorted(set(keys))
    if not wanted:
        return 0
    cursor = await conn.execute(query(__package__, "admit_blocked"), {"keys": wanted, "now": now})
    rows = await cursor.fetchall()
    if rows:
        note_topics(conn, {queue_topic(queue) for _, queue in rows})
    return len(rows)
